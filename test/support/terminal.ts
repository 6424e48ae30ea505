import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { eventually } from './local-service.ts'

/** Whether this machine has what the documents' commands are typed into. */
export const hasShell = ['bash', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0)

/** A terminal: what is typed into it, and what it then shows. */
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

/** The commands that stand in a document, block by block, with the local run where it is. */
export const commandsIn = (markdown: string, url: string): readonly string[] =>
  [...markdown.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands = '']) =>
    commands.replaceAll('http://localhost:3000', url),
  )
