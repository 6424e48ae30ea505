import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * `npm test`: the fast checks (counted as one test), then every test of the push tier, even if the checks failed; with
 * `--nightly`, with fresh seeds and the long tests. Its last line on stdout is `N passed, N failed`.
 */
// Temporary folder for synthesized stacks and leftovers of killed services; removed at the end.
const scratch = mkdtempSync(join(tmpdir(), 'results-service-tests-'))
Object.assign(process.env, { TMPDIR: scratch, TEMP: scratch, TMP: scratch })
process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }))

const isNightly = process.argv.includes('--nightly')
const forJest = process.argv.slice(2).filter((parameter) => parameter !== '--nightly')

const run = async (command, parameters, options) => {
  const child = spawn(command, parameters, { stdio: 'inherit', ...options })
  let counts
  child.on('message', (message) => {
    counts = message
  })
  const [status] = await once(child, 'close')
  return { ok: status === 0, counts }
}

const finish = (passed, failed) => {
  process.exitCode = failed === 0 ? 0 : 1
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
}

const [major] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(
    `Node ${process.versions.node} is running, the project needs 24: run npm ci (with install scripts), then npm test.`,
  )
  finish(0, 1)
} else {
  const check = await run('npm', ['run', '-s', 'check'], { shell: process.platform === 'win32' })
  if (!check.ok) console.error('npm run check has failed (above); it counts as one failure.')
  const nodeFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
  const jest = await run(process.execPath, [...nodeFlags, 'node_modules/jest/bin/jest.js', ...forJest], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NIGHTLY: isNightly ? '1' : '' },
  })
  const { passed = 0, failed = 0 } = jest.counts ?? {}
  // Jest may fail without a failed test: no test found, a worker that crashed.
  const failures = jest.ok ? failed : Math.max(failed, 1)
  finish(passed + (check.ok ? 1 : 0), failures + (check.ok ? 0 : 1))
}
