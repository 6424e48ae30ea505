import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { findDeployedApi } from './ops/deployed-api.ts'
import { runOps } from './ops/run-ops.ts'
import { resolveFromCwd } from './resolve-from-cwd.ts'

/** The ops command line: `npm run ops -- …` (see `--help`). */
process.exitCode = await runOps(process.argv.slice(2), {
  fetch,
  sleep,
  findDeployedApi,
  resolveFromCwd,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  now: () => performance.now(),
  writeFile,
})
