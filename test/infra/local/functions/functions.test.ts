import { rmSync } from 'node:fs'
import { afterEach, describe, expect, test } from '@jest/globals'
import { loadAssembly } from '../../../../infra/local/assembly/assembly.ts'
import { type MovableClock, movableClock } from '../../../../infra/local/clock.ts'
import {
  type FunctionsOptions,
  type LocalFunctions,
  localFunctions,
} from '../../../../infra/local/functions/functions.ts'
import { handMadeAssembly, handMadeFunction } from '../../../support/hand-made-assembly.ts'
import { eventually } from '../../../support/local-service.ts'

const arnOf = (name: string) => `arn:aws:lambda:eu-west-1:000000000000:function:${name}`
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})

interface Run extends LocalFunctions {
  readonly clock: MovableClock
  readonly lines: string[]
  readonly call: (name: string, event?: unknown) => ReturnType<LocalFunctions['invoke']>
}

const run = (sources: Record<string, string>, more: Partial<FunctionsOptions> = {}, properties = {}): Run => {
  const Resources = Object.fromEntries(Object.keys(sources).map((name) => [name, handMadeFunction(name, properties)]))
  const folder = handMadeAssembly({ one: { Resources } }, sources)
  const assembly = loadAssembly(folder, { awsUrl: '', generatedSecret: String })
  const clock = movableClock()
  const lines: string[] = []
  const options = { assembly, clock, awsUrl: 'http://127.0.0.1:1', log: (line: string) => lines.push(line), ...more }
  const functions = localFunctions(options)
  cleanUp.push(
    () => rmSync(folder, { recursive: true }),
    () => clock.stop(),
    () => functions.stop(),
  )
  return { ...functions, clock, lines, call: (name, event = {}) => functions.invoke(arnOf(name), event) }
}

describe('a function of the assembly', () => {
  test('receives the event and returns its result', async () => {
    const { call } = run({ echo: 'exports.handler = async (event) => ({ got: event })' })
    expect(await call('echo', { n: 1 })).toEqual({ ok: true, payload: { got: { n: 1 } } })
  })

  test('sees only its own environment, not the machine’s', async () => {
    process.env.ONLY_THE_MACHINE_S = 'yes'
    const { call } = run(
      { env: 'exports.handler = async () => process.env' },
      {},
      { Environment: { Variables: { TABLE: 'x' } } },
    )
    const outcome = await call('env')
    delete process.env.ONLY_THE_MACHINE_S
    expect(outcome).toMatchObject({
      payload: { TABLE: 'x', AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: 'env', TZ: 'UTC' },
    })
    const names = Object.keys((outcome as { payload: object }).payload)
    expect(names).not.toContain('ONLY_THE_MACHINE_S')
    expect(names).not.toContain('NODE_OPTIONS')
    expect(names).not.toContain('HOME')
  })

  test('gets its limits in the context', async () => {
    const { call } = run({
      context: 'exports.handler = async (_, c) => ({ ...c, left: c.getRemainingTimeInMillis() })',
    })
    expect(await call('context')).toMatchObject({
      payload: {
        functionName: 'context',
        invokedFunctionArn: arnOf('context'),
        awsRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
        left: expect.any(Number),
      },
    })
  })

  test('fails one event when it throws, and continues with the next', async () => {
    const { call, lines } = run({
      picky: 'exports.handler = async (e) => { if (e.bad) throw new TypeError("no good"); return "fine" }',
    })
    expect(await call('picky', { bad: true })).toEqual({
      ok: false,
      errorType: 'TypeError',
      errorMessage: 'no good',
    })
    expect(await call('picky')).toEqual({ ok: true, payload: 'fine' })
    expect(lines).toContain('[picky] TypeError: no good')
  })

  test('is killed at its timeout, as on Lambda, and replaced', async () => {
    const { call } = run(
      { slow: 'exports.handler = async (e) => { if (e.hang) for (;;); return "fine" }' },
      {},
      { Timeout: 1 },
    )
    expect(await call('slow', { hang: true })).toMatchObject({
      ok: false,
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 1.00 seconds'),
    })
    expect(await call('slow')).toEqual({ ok: true, payload: 'fine' })
  })

  test('that exits, or cannot be loaded, fails only that event', async () => {
    const { call } = run({
      leaver: 'exports.handler = async () => process.exit(3)',
      broken: 'throw new RangeError("not loadable")',
    })
    expect(await call('leaver')).toMatchObject({ errorType: 'Runtime.ExitError', errorMessage: /3/ })
    expect(await call('broken')).toMatchObject({ errorType: 'RangeError', errorMessage: 'not loadable' })
    expect(await call('broken')).toMatchObject({ errorType: 'RangeError' })
    expect(await call('nobody')).toMatchObject({ ok: false, errorType: 'ResourceNotFoundException' })
  })

  test('logs under its name', async () => {
    const { call, lines } = run({
      chatty: 'exports.handler = async () => { console.log("hello"); await new Promise((r) => setTimeout(r, 50)) }',
    })
    await call('chatty')
    expect(lines).toContain('[chatty] hello')
  })

  test('signs with its own access key', async () => {
    const key = 'exports.handler = async () => process.env.AWS_ACCESS_KEY_ID'
    const { call, principals } = run({ one: key, two: key }, {}, { Role: 'arn:aws:iam::000000000000:role/r' })
    const { payload } = (await call('two')) as { payload: string }
    expect(payload).toMatch(/^[A-Z0-9]{20}$/)
    expect(principals.size).toBe(2)
    expect(principals.get(payload)).toEqual({ name: 'two', roleArn: 'arn:aws:iam::000000000000:role/r' })
  })
})

describe('the clock inside a function', () => {
  const source = `
    const atStart = Date.now()
    exports.handler = async (e) => {
      if (e.until) while (Date.now() < e.until) await new Promise((r) => setTimeout(r, 10))
      const made = new Date()
      return { atStart, now: Date.now(), made: made.getTime(), same: made instanceof Date && made.constructor === Date,
        given: new Date(5).getTime(), text: Date(), utc: Date.UTC(1970, 0, 2), json: JSON.stringify(made) }
    }`

  test('is the local run’s, even while the function is loading', async () => {
    const { call, clock } = run({ time: source })
    await clock.moveTo(Date.parse('2031-05-01T10:00:00Z'))
    clock.freeze(true)
    const { payload } = (await call('time')) as { payload: Record<string, unknown> }
    expect(payload).toMatchObject({ now: clock.now(), made: clock.now(), atStart: clock.now(), same: true })
    expect(payload).toMatchObject({ given: 5, utc: 86_400_000, json: JSON.stringify(new Date(clock.now()).toJSON()) })
    expect(payload.text).toContain('2031')
  })

  test('moves during an invocation that waits for it', async () => {
    const { call, clock } = run({ time: source })
    await call('time')
    const until = clock.now() + 3_600_000
    const waiting = call('time', { until })
    await clock.moveTo(until)
    const { payload } = (await waiting) as { payload: { now: number } }
    expect(payload.now).toBeGreaterThanOrEqual(until)
  })
})

describe('processes', () => {
  const pid =
    'exports.handler = async (e) => { await new Promise((r) => setTimeout(r, e.wait ?? 0)); return process.pid }'
  const alive = (process_: number) => {
    try {
      return process.kill(process_, 0)
    } catch {
      return false
    }
  }
  const pids = async (calls: Promise<unknown>[]) =>
    (await Promise.all(calls)).map((outcome) => (outcome as { payload: number }).payload)

  test('are reused, one event at a time, up to the limit', async () => {
    const { call } = run({ f: pid }, { limits: { perFunction: 2, all: 5 } })
    const used = await pids(Array.from({ length: 6 }, () => call('f', { wait: 50 })))
    expect(new Set(used).size).toBe(2)
  })

  test('are replaced by those of another function when all are in use', async () => {
    const { call } = run({ f: pid, g: pid }, { limits: { perFunction: 2, all: 1 } })
    const [first, second] = await pids([call('f'), call('g')])
    expect(second).not.toBe(first)
    expect(alive(first as number)).toBe(false)
  })

  test('are not replaced for a function that already has one to wait for', async () => {
    const { call } = run({ f: pid, g: pid }, { limits: { perFunction: 2, all: 2 } })
    const [idle] = await pids([call('g')])
    const used = await pids([call('f', { wait: 50 }), call('f')])
    expect(new Set(used).size).toBe(1)
    expect(alive(idle as number)).toBe(true)
  })

  test('end when idle, and with the run', async () => {
    const functions = run({ f: pid, g: pid }, { idleMilliseconds: 30 })
    const { call } = functions
    const [idle] = await pids([call('f')])
    await eventually('the idle one to end', async () => !alive(idle as number), 20)
    const [left] = await pids([call('g')])
    const unfinished = call('g', { wait: 10_000 })
    await functions.stop()
    expect(alive(left as number)).toBe(false)
    expect(await unfinished).toMatchObject({ ok: false })
    expect(await call('f')).toMatchObject({ ok: false })
  })
})
