import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { bundleFunctions } from '../../infra/bundle.ts'
import { environmentOf, functionNames } from '../../shared/contracts/environments.ts'
import { toEnvironment } from '../../shared/contracts/expected-results.ts'
import { sampleExpectedResults } from '../support/samples.ts'

const folders = bundleFunctions()

/** Variables that a function reads at its start. */
const settings: Readonly<Record<string, string>> = toEnvironment(sampleExpectedResults)

/** As Lambda starts a function: its own folder, its own variables, nothing else of this machine's. */
const start = (folder: string, variables: readonly string[]) =>
  spawnSync(process.execPath, ['-p', 'typeof require("./index.js").handler'], {
    cwd: folder,
    env: {
      AWS_REGION: 'eu-west-1',
      ...Object.fromEntries(variables.map((variable) => [variable, settings[variable] ?? '1'])),
    },
    encoding: 'utf8',
  })

describe.each(functionNames)('%s', (name) => {
  const folder = folders(name)

  test('starts from its bundle alone, with the environment of its contract', () => {
    expect(start(folder, environmentOf(name))).toMatchObject({ stderr: '', stdout: 'function\n', status: 0 })
  })

  test('has a single script without source map, and loads nothing else at run time', () => {
    expect(readdirSync(folder).toSorted()).toEqual(['index.js', 'package.json'])
    const script = readFileSync(join(folder, 'index.js'), 'utf8')
    expect(script).not.toContain('sourceMappingURL')
    expect(script).not.toMatch(/[^.\w]import\(/)
  })
})

test('a function does not start half-configured', () => {
  const { status, stderr } = start(folders('identity/log-out'), ['SITE_URL'])
  expect(status).toBe(1)
  expect(stderr).toContain('identity/log-out lacks the environment variables')
})

test('the same sources give the same bytes, so that unchanged code is not deployed again', () => {
  const files = functionNames.map((name) => join(folders(name), 'index.js'))
  const before = files.map((file) => statSync(file).ino)
  bundleFunctions()
  expect(files.map((file) => statSync(file).ino)).toEqual(before)
})
