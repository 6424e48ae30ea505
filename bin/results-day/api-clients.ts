import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalService } from '../../infra/local/service.ts'
import { applyImport } from '../../shared/adapters/operations-api/apply-import.ts'
import { type OperationsApi, operationsApi } from '../../shared/adapters/operations-api/operations-api.ts'
import type { ImportKind } from '../../shared/contracts/messages.ts'
import { password, type RehearsedCandidate, registrationOf } from './candidates.ts'

const region = 'eu-west-1'

/** The operators' API, signed as the given person. */
export const operatorClient = (url: string, person: string): OperationsApi =>
  operationsApi(fetch, url, { region, credentials: { accessKeyId: `operator-${person}`, secretAccessKey: 'local' } })

/** Imports a file and returns its number of rows. Throws with the first bad rows if the file is refused. */
export const importFile = async (api: OperationsApi, kind: ImportKind, csv: string): Promise<number> => {
  const file = { kind, fileName: `rehearsal-${kind}.csv`, stage: 'dev', content: new Blob([csv]) }
  const { state, rows, errors } = await applyImport(api, file, { sleep })
  if (state === 'applied') return rows
  const reasons = errors.slice(0, 3).map(({ line, column, reason }) => `line ${line}: ${column}: ${reason}`)
  throw new Error(`the ${kind} were refused: ${reasons.join('; ')}`)
}

/** The candidates' API. */
export const candidateClient = (url: string) => {
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
    /** Logs in and reads the results; returns the status of the log-in and, if it succeeded, of the first result. */
    async viewResult({ entry }: RehearsedCandidate): Promise<{ readonly status: number; readonly result?: string }> {
      const answer = await post('/sessions', { idNumber: entry.idNumber, password })
      const cookie = answer.headers.get('set-cookie')?.split(';')[0]
      if (answer.status !== 201 || !cookie) return { status: answer.status }
      const shown = await fetch(`${url}/api/v1/me/results`, { headers: { cookie } })
      const { results = [] } = (await shown.json()) as { results?: readonly { status: string }[] }
      return { status: 201, ...(results[0] && { result: results[0].status }) }
    },
  }
}

/** Maps the items with at most `most` calls in flight. */
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
export const clockClient = (url: string) => {
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

/** Idle polls (every 500 ms) until the run has ended, and until the clock is advanced to delayed messages. */
const idlePollsToEnd = 6
const idlePollsToAdvance = 2
const stepSeconds = 60
const maxDuration = 3 * 60 * 60_000

/**
 * Waits until all queues are empty. When nothing else is running, it advances the clock to reach delayed messages
 * (an expiring claim, a retry). Returns false if the queues are still not empty after `maxDuration`.
 */
export const waitUntilIdle = async (
  { aws, functions, url }: Pick<LocalService, 'aws' | 'functions' | 'url'>,
  { onProgress }: { readonly onProgress: (mails: number, waiting: number) => void },
): Promise<boolean> => {
  const began = performance.now()
  let reportedAt = began
  for (let idlePolls = 0; performance.now() - began < maxDuration; ) {
    await sleep(500)
    const queues = aws.queues().filter(({ arn }) => !arn.endsWith('-dead-letters'))
    const sum = (of: (queue: (typeof queues)[number]) => number) => queues.reduce((all, queue) => all + of(queue), 0)
    const waiting = sum(({ visible, notVisible, delayed }) => visible + notVisible + delayed)
    const isIdle = functions.underWay() === 0 && sum(({ visible }) => visible) === 0
    idlePolls = isIdle ? idlePolls + 1 : 0
    if (performance.now() - reportedAt > 10_000) {
      onProgress([...aws.mails()].length, waiting)
      reportedAt = performance.now()
    }
    if (waiting === 0 && idlePolls > idlePollsToEnd) return true
    if (waiting > 0 && idlePolls > idlePollsToAdvance) {
      await clockClient(url).advance(stepSeconds)
      idlePolls = 0
    }
  }
  return false
}
