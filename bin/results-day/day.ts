import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalService } from '../../infra/local/service.ts'
import { applyImport } from '../../shared/adapters/operations-api/apply-import.ts'
import { type OperationsApi, operationsApi } from '../../shared/adapters/operations-api/operations-api.ts'
import type { ImportKind } from '../../shared/contracts/messages.ts'
import { password, type RehearsedCandidate, registrationOf } from './candidates.ts'

const region = 'eu-west-1'

/** What a person of the operations team does on the way to a release. */
export const operator = (url: string, person: string): OperationsApi =>
  operationsApi(fetch, url, { region, credentials: { accessKeyId: `operator-${person}`, secretAccessKey: 'local' } })

/** Throws, telling the first bad rows, if the file is refused. */
export const importFile = async (api: OperationsApi, kind: ImportKind, csv: string): Promise<number> => {
  const file = { kind, fileName: `rehearsal-${kind}.csv`, stage: 'dev', content: new Blob([csv]) }
  const { state, rows, errors } = await applyImport(api, file, { sleep })
  if (state === 'applied') return rows
  const told = errors.slice(0, 3).map(({ line, column, reason }) => `line ${line}: ${column}: ${reason}`)
  throw new Error(`the ${kind} were refused: ${told.join('; ')}`)
}

/** What a candidate does. */
export const candidates = (url: string) => {
  const post = (path: string, body: object) =>
    fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return {
    async register(candidate: RehearsedCandidate): Promise<number> {
      return (await post('/registrations', registrationOf(candidate))).status
    },
    /** The status of the log-in, and of the result where that worked. */
    async look({ entry }: RehearsedCandidate): Promise<{ readonly status: number; readonly result?: string }> {
      const answer = await post('/sessions', { idNumber: entry.idNumber, password })
      const cookie = answer.headers.get('set-cookie')?.split(';')[0]
      if (answer.status !== 201 || !cookie) return { status: answer.status }
      const shown = await fetch(`${url}/api/v1/me/results`, { headers: { cookie } })
      const { results = [] } = (await shown.json()) as { results?: readonly { status: string }[] }
      return { status: 201, ...(results[0] && { result: results[0].status }) }
    },
  }
}

/** So many at once, one after the other. */
export const withConcurrency = async <Item, Result>(
  items: readonly Item[],
  most: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const left = [...items.entries()]
  const results: Result[] = []
  const workOff = async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await act(next[1])
  }
  await Promise.all(Array.from({ length: most }, workOff))
  return results
}

/** The clock of the local run. */
export const clock = (url: string) => {
  const ask = async (body?: object) => {
    const answer = await fetch(`${url}/clock`, {
      ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return Date.parse(((await answer.json()) as { now: string }).now)
  }
  return {
    now: () => ask(),
    moveTo: (instant: number) => ask({ to: new Date(instant).toISOString() }),
    advance: (seconds: number) => ask({ advanceSeconds: seconds }),
  }
}

/** Half seconds of rest after which it is over, and after which the clock is moved on to what still waits. */
const restful = 6
const still = 2
const stepSeconds = 60
const longest = 3 * 60 * 60_000

/**
 * Waits until no queue holds anything any more. What waits for a later instant (a claim that lapses, another try) has
 * the clock moved on, once nothing else is under way. Answers whether it came to rest.
 */
export const settled = async (
  { aws, functions, url }: Pick<LocalService, 'aws' | 'functions' | 'url'>,
  { onProgress }: { readonly onProgress: (mails: number, waiting: number) => void },
): Promise<boolean> => {
  const began = performance.now()
  let told = began
  for (let rest = 0; performance.now() - began < longest; ) {
    await sleep(500)
    const queues = aws.queues().filter(({ arn }) => !arn.endsWith('-dead-letters'))
    const sum = (of: (queue: (typeof queues)[number]) => number) => queues.reduce((all, queue) => all + of(queue), 0)
    const waiting = sum(({ visible, notVisible, delayed }) => visible + notVisible + delayed)
    const isResting = functions.underWay() === 0 && sum(({ visible }) => visible) === 0
    rest = isResting ? rest + 1 : 0
    if (performance.now() - told > 10_000) {
      onProgress([...aws.mails()].length, waiting)
      told = performance.now()
    }
    if (waiting === 0 && rest > restful) return true
    if (waiting > 0 && rest > still) {
      await clock(url).advance(stepSeconds)
      rest = 0
    }
  }
  return false
}
