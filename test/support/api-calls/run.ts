import * as fc from 'fast-check'
import { operationAt } from '../contract-check.ts'
import { type ApiCall, describeCall } from './api-call.ts'
import { type CallGenerator, healthProbe } from './call-generators.ts'
import { faultsOf, type Memory } from './checks.ts'
import type { RawHttp, RawResponse } from './raw-http.ts'

/** Draws calls, each kind by its share, in mixed order; the same seed gives the same calls. */
export const drawCalls = (generators: readonly CallGenerator[], count: number, seed: number): ApiCall[] => {
  const shares = generators.reduce((sum, { share }) => sum + share, 0)
  const upTo = (index: number) =>
    Math.round((count * generators.slice(0, index).reduce((sum, { share }) => sum + share, 0)) / shares)
  const drawn = generators.flatMap(({ calls }, index) => {
    const numRuns = upTo(index + 1) - upTo(index)
    return numRuns === 0 ? [] : fc.sample(calls, { numRuns, seed: seed + index })
  })
  return inBlocks(fc.sample(fc.shuffledSubarray(drawn, { minLength: drawn.length }), { numRuns: 1, seed })[0] ?? [])
}

/** Mixed, but not so finely that the local run has to end one function's process for another's with every call. */
const inBlocks = (calls: readonly ApiCall[]): ApiCall[] => {
  const blocks = Array.from({ length: Math.ceil(calls.length / blockSize) }, (_, index) =>
    calls.slice(index * blockSize, (index + 1) * blockSize),
  )
  const operation = ({ request }: ApiCall) => operationAt(request.method, request.path) ?? ''
  return blocks.flatMap((block) => block.toSorted((a, b) => operation(a).localeCompare(operation(b))))
}

const blockSize = 1_500

/** The result of a run. */
export interface Report {
  /** Number of responses by kind of call and status, such as `a field missing → 400: 612`. */
  readonly tally: string
  readonly calls: number
  /** The first hundred problems, each with its call. */
  readonly faults: readonly string[]
  readonly faultCount: number
}

/** Makes the calls with the given concurrency and checks every response, with a health check every fifty calls. */
export const runCalls = async (http: RawHttp, calls: Iterable<ApiCall>, concurrency: number): Promise<Report> => {
  const memory: Memory = { requestIds: new Set() }
  const faults: string[] = []
  const counts = new Map<string, number>()
  const queue = withProbes(calls)
  let made = 0
  const work = async () => {
    for (const call of queue) {
      if (call !== healthProbe) made++
      const answer = await answerTo(http, call)
      const found = faultsOf(call, answer, memory)
      faults.push(...found.map((fault) => `${fault}\n  ${describeCall(call)}\n  ${answer.text.slice(0, 500)}`))
      const line = `${call.kind} → ${answer.status}`
      counts.set(line, (counts.get(line) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  const tally = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([line, count]) => `${line}: ${count}`)
  return { tally: tally.join('\n'), calls: made, faults: faults.slice(0, 100), faultCount: faults.length }
}

/** Inserts a health check after every fifty calls. */
function* withProbes(calls: Iterable<ApiCall>): Generator<ApiCall, undefined> {
  let number = 0
  for (const call of calls) {
    if (number++ % 50 === 0) yield healthProbe
    yield call
  }
}

/** Retries a few times when asked to try again. */
const answerTo = async (http: RawHttp, call: ApiCall): Promise<RawResponse> => {
  for (let tries = 1; ; tries++) {
    const answer = await http.send(call.request).catch((error: unknown) => brokenOff(error))
    const { expected } = call
    const isGood = expected.becomes === 'accepted' && !expected.unless
    if (answer.status !== 429 || !isGood || tries === 5) return answer
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

/** A broken connection counts as a failed response. */
const brokenOff = (error: unknown): RawResponse => ({
  status: 599,
  headers: {},
  text: error instanceof Error ? error.message : String(error),
  milliseconds: 0,
})
