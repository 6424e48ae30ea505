import { candidates, type EmbargoFixture, embargoFixture, type FixtureOptions } from './embargo-fixture.ts'
import type { Trace } from './traces.ts'

/** The outcome of one trace. */
export interface Replayed {
  /** The observable difference before one was allowed; undefined if there was none. */
  readonly leak?: string
  /** Whether the difference was released, and then observed. */
  readonly opened: boolean
  readonly differed: boolean
}

/**
 * Runs one trace twice, with fixtures that differ only in unreleased results or in whether they are loaded, and compares
 * after every step everything that is observable from outside, until the difference may become visible (G3).
 */
export const replayPair = async (trace: Trace, parts: Omit<FixtureOptions, 'rowOf'> = {}): Promise<Replayed> => {
  const [left, right] = await Promise.all([
    embargoFixture({ ...parts, rowOf: trace.rowOf('left') }),
    embargoFixture({ ...parts, rowOf: trace.rowOf('right') }),
  ])
  for (const [index, step] of trace.steps.entries()) {
    for (const fixture of [left, right]) await fixture.take(step)
    const [inLeft, inRight] = [mayDiffer(left, trace), mayDiffer(right, trace)]
    if (inLeft || inRight) break
    if (left.seen() !== right.seen()) {
      return { leak: `step ${index} (${step.take}): ${firstDifference(left.seen(), right.seen())}`, ...nothingYet }
    }
  }
  if (!mayDiffer(left, trace) || !mayDiffer(right, trace)) return nothingYet
  // A held release is hidden again.
  for (const fixture of [left, right]) await fixture.mails.resume()
  const [before, after] = [left.answers.length, right.answers.length]
  for (const candidate of candidates.keys()) {
    for (const fixture of [left, right]) await fixture.take({ take: 'read', candidate, endpoint: 'list' })
  }
  const differed = left.answers.slice(before).join() !== right.answers.slice(after).join()
  return { opened: true, differed }
}

const nothingYet = { opened: false, differed: false } as const

const mayDiffer = (fixture: EmbargoFixture, { differFrom }: Trace): boolean => {
  const opening = fixture.opening()
  return differFrom === 'release' ? opening !== undefined : Object.keys(opening?.corrections ?? {}).length > 0
}

const firstDifference = (left: string, right: string): string => {
  let at = 0
  while (left[at] === right[at]) at++
  return `${left.slice(Math.max(0, at - 80), at + 60)} — ${right.slice(at, at + 60)}`
}
