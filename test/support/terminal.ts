import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { eventually } from './local-service.ts'

/** Whether this machine has the shell and tools that the documents' commands need. */
export const hasShell = ['bash', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0)

/** A terminal: runs commands and returns their output. */
export const openTerminal = () => {
  const shell: ChildProcessWithoutNullStreams = spawn('bash', [], { env: { ...process.env, NODE_OPTIONS: '' } })
  let shown = ''
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      shown += text
    })
  }
  let prompts = 0
  return {
    async type(commands: string) {
      const prompt = `the end of input ${++prompts}`
      shown = ''
      shell.stdin.write(`${commands}\necho "${prompt}"\n`)
      return eventually(`the terminal to finish: ${commands}`, async () => shown.includes(prompt) && shown)
    },
    close: () => shell.stdin.end(),
  }
}

/** The commands of a document, by code block, with the local run's actual address. */
export const commandsIn = (markdown: string, url: string): readonly string[] =>
  [...markdown.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands = '']) =>
    commands.replaceAll('http://localhost:3000', url),
  )
