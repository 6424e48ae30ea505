import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { runOps } from '../../../bin/ops/run-ops.ts'

const folder = 'docs/operations/alarms'

/** What stands on the pages for something else. */
const stands: Readonly<Record<string, string>> = { '<stage>': 'prod', STAGE: 'prod', SESSION: 'a-session', NAME: 'n' }

/** Every command for operators on a page, as it is typed. */
const commandsOn = (page: string): string[] =>
  [...page.matchAll(/npm run (?:-s )?ops -- ([^`\n]+)/g)].map(([, typed = '']) => typed)

let commands: (readonly [page: string, typed: string])[]
beforeAll(async () => {
  const pages = (await readdir(folder)).filter((name) => name.endsWith('.md'))
  const found = pages.map(async (page) =>
    commandsOn(await readFile(join(folder, page), 'utf8')).map((typed) => [page, typed] as const),
  )
  commands = (await Promise.all(found)).flat()
})

/** The command line against a stage that knows nothing; the exit status and the stage it looked for. */
const typed = async (command: string) => {
  const parameters = command
    .split(' ')
    .map((word) => word.replace(/<stage>|STAGE|SESSION|NAME/, (name) => stands[name] ?? ''))
  let stage: string | undefined
  let stderr = ''
  const status = await runOps(parameters, {
    fetch: async () => Response.json({ code: 'no-such-release', title: 'None.' }, { status: 404 }),
    sleep: async () => undefined,
    findDeployedApi: async (asked) => {
      stage = asked
      const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
      return { origin: 'https://api.example.org', region: 'eu-west-1', credentials }
    },
    resolveFromCwd: (path) => path,
    stdout: () => undefined,
    stderr: (text) => {
      stderr += text
    },
    isTerminal: false,
    now: () => 0,
    writeFile: async () => undefined,
  })
  return { status, stage, stderr }
}

describe('the pages for alarms', () => {
  test('use existing commands and name the stage, as the default is dev', async () => {
    expect(commands.length).toBeGreaterThan(8)
    for (const [page, command] of commands) {
      const { status, stage, stderr } = await typed(command)
      // 1: the stage answered that it knows nothing; 2 would be wrong use.
      expect([page, command, status, stage, stderr]).toEqual([page, command, 1, 'prod', expect.any(String)])
    }
  })

  test.each([
    ['of a command that there is not', 'release stop SESSION --stage=<stage>', { status: 2 }],
    ['of a command without its stage', 'release report SESSION', { stage: 'dev' }],
  ])('would not pass because %s (negative control)', async (_why, command, expected) => {
    expect(await typed(command)).toMatchObject(expected)
  })
})
