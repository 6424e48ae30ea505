import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const app = fileURLToPath(new URL('../../bin/app.ts', import.meta.url))

/** As the CDK's command line runs it. */
const run = (context: Record<string, string>) => {
  const outdir = mkdtempSync(join(tmpdir(), 'assembly-'))
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) }
  const { status, stdout, stderr } = spawnSync(process.execPath, [app], { env, encoding: 'utf8' })
  const files = readdirSync(outdir)
  rmSync(outdir, { recursive: true })
  return { status, stdout, stderr, files }
}

test('an unknown stage gets a one-line error, exit status 1 and no assembly', () => {
  expect(run({ stage: 'production' })).toEqual({
    status: 1,
    stdout: '',
    stderr: "There is no stage 'production'; choose one of dev, staging, prod.\n",
    files: [],
  })
})

test('the default stage is dev', () => {
  const { status, files } = run({ functions: 'stubs' })
  expect(status).toBe(0)
  expect(files).toEqual(expect.arrayContaining(['manifest.json', 'results-service-dev-api.template.json']))
})
