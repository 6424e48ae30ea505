import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { handMadeSite } from '../support/hand-made-site.ts'
import { eventually } from '../support/local-service.ts'

const start = (parameters: readonly string[], environment: Record<string, string> = {}): ChildProcess =>
  spawn(process.execPath, parameters, {
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** What it says on stderr, and with which status it ends. */
const refusal = async (parameters: readonly string[], environment: Record<string, string> = {}) => {
  const child = start(parameters, environment)
  const [said, [status]] = await Promise.all([child.stderr ? text(child.stderr) : '', once(child, 'close')])
  return { status: status as number, said }
}

/** Process ids of all below this one, from what Linux tells of processes. */
const below = (pid: number): number[] => {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parent] = /\) \w (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? []
        return [[Number(name), Number(parent)] as const]
      } catch {
        return []
      }
    })
  const childrenOf = (parent: number): number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...childrenOf(child)])
  return childrenOf(pid)
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('npm start', () => {
  test('reports in one line that its port is taken, and exits with status 1', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await refusal(['bin/start.ts', '--empty'], { PORT: String(port) })).toEqual({
      status: 1,
      said: `Port ${port} is taken: stop what listens there, or choose another with PORT=…\n`,
    })
    server.close()
  })

  test.each([
    ['an unknown option', ['--emtpy'], {}, /^Unknown option '--emtpy'.*\n$/],
    ['a port that is none', [], { PORT: 'http' }, /^PORT must be a number.*\n$/],
    ['an assembly that is not there', ['--assembly=/nowhere'], {}, /^There is no assembly in \/nowhere.*\n$/],
    ['a DynamoDB that is no address', ['--dynamodb=nonsense'], {}, /^No DynamoDB answers at nonsense.*\n$/],
    ['a DynamoDB where none is', ['--dynamodb=http://127.0.0.1:9'], {}, /^No DynamoDB answers at http.*\n$/],
    ['a folder that cannot be', ['--data=/dev/null/state'], {}, /^The folder \/dev\/null\/state cannot be used.*\n$/],
  ])('says in one line that it was given %s', async (_, parameters, environment, line) => {
    const { status, said } = await refusal(['bin/start.ts', '--empty', ...parameters], environment)
    expect(said).toMatch(line)
    expect(status).toBe(1)
  })

  test('reports in one line that Node is too old', async () => {
    const old =
      "Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); await import('./bin/check-node.mjs')"
    const { status, said } = await refusal(['--input-type=module', '--eval', old])
    expect(said).toMatch(/^The results service needs Node 24 or later, this is 20\.20\.2.*\n$/)
    expect(status).toBe(1)
  })

  const onLinux = process.platform === 'linux' ? test : test.skip
  onLinux.each([
    ['SIGINT', 0],
    ['SIGTERM', 0],
    ['SIGKILL', null],
  ] as const)('ended by %s leaves no process', async (signal, status) => {
    const assembly = handMadeSite({})
    const child = start(['bin/start.ts', '--empty', `--assembly=${assembly}`])
    let printed = ''
    child.stdout?.on('data', (data) => {
      printed += data
    })
    await eventually('the run to be ready', async () => /^ready /m.test(printed), 60)
    await endsWithItsProcesses(child, signal, status)
    rmSync(assembly, { recursive: true })
  })

  onLinux.each(['SIGTERM', 'SIGKILL'] as const)('leaves no process when npm is ended by %s', async (signal) => {
    const assembly = handMadeSite({})
    const npm = spawn('npm', ['start', '--', '--empty', `--assembly=${assembly}`], {
      env: { ...process.env, NODE_OPTIONS: '', PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let printed = ''
    npm.stdout.on('data', (data) => {
      printed += data
    })
    await eventually('the run to be ready', async () => /^ready /m.test(printed), 60)
    const processes = below(npm.pid ?? 0)
    expect(processes.length).toBeGreaterThanOrEqual(3)
    npm.kill(signal)
    await eventually('its processes to be gone', async () => !processes.some(isAlive), 10)
    rmSync(assembly, { recursive: true })
  })

  onLinux('ended while it starts leaves no process', async () => {
    const child = start(['bin/start.ts', '--empty'])
    await eventually('engine and synthesis to be started', async () => below(child.pid ?? 0).length >= 3)
    await endsWithItsProcesses(child, 'SIGINT', 1)
  })
})

const endsWithItsProcesses = async (child: ChildProcess, signal: NodeJS.Signals, status: number | null) => {
  const processes = below(child.pid ?? 0)
  expect(processes.length).toBeGreaterThanOrEqual(2)
  const exit = once(child, 'exit')
  child.kill(signal)
  expect((await exit)[0]).toBe(status)
  await eventually('its processes to be gone', async () => !processes.some(isAlive), 10)
}
