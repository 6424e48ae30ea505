import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Counts } from '../../bin/results-day/guarantees.ts'

const project = join(import.meta.dirname, '../..')

/** Runs `results-day --json` with these options; returns exit status, lines of stdout, and stderr. */
export const runResultsDay = async (...options: readonly string[]) => {
  const child = spawn(process.execPath, [join(project, 'bin/results-day.ts'), '--json', ...options], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not the test runner's own.
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const [output, told, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const lines = output.split('\n').filter((line) => line !== '')
  return { status: status as number, lines, told, report: JSON.parse(lines.at(-1) ?? '{}') as Counts }
}
