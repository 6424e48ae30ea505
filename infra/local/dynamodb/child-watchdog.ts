/**
 * Runs the command given as arguments and ends it when the parent of this process exits or crashes, so that a database
 * never outlives the run or the test that started it. Start it with `fork`.
 */
import { spawn } from 'node:child_process'

/** Sent to the parent when the command ends by itself. */
export interface CommandEnded {
  readonly code: number | null
  /** The end of the command's output. */
  readonly output: string
}

const [command = '', ...args] = process.argv.slice(2)
const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })

let output = ''
const keep = (chunk: Buffer) => {
  output = `${output}${chunk.toString()}`.slice(-2_000)
}
child.stdout.on('data', keep)
child.stderr.on('data', keep)

const end = (code: number | null) => {
  if (!process.connected) process.exit(0)
  process.send?.({ code, output } satisfies CommandEnded, () => process.exit(1))
}
child.once('exit', end)
child.once('error', (error) => {
  output += error.message
  end(null)
})

process.once('disconnect', () => {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), 2_000)
})
// Ctrl-C reaches every process of the terminal; only the parent decides when its database ends.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => process.disconnect())
