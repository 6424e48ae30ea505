import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { StartUpError } from '../start-up-error.ts'

const program = join(import.meta.dirname, 'synthesis-process.ts')

/**
 * Synthesizes the stacks of stage dev, with links in mails pointing to the local run, and returns the assembly's folder,
 * which is removed when this process exits. Throws StartUpError with the whole output as its cause.
 */
export const synthesize = async (siteUrl: string): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'results-service-'))
  const child = fork(program, [folder, siteUrl], {
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  process.once('exit', () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const [said, [code]] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'close')])
  if (code === 0) return folder
  const reason = said.split('\n').find((line) => /error/i.test(line)) ?? said.trim().split('\n').at(-1)
  throw new StartUpError(`The stacks cannot be synthesized: ${reason?.trim()}`, { cause: said })
}
