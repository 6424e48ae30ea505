import { type EmbargoFacts, isSealedAndDue, visibleVersion } from './embargo.ts'
import type { ResultVersion } from './result.ts'
import { dateOf } from './result-window.ts'
import type { EpochMilliseconds } from './time.ts'

/** How things stand before a result may be seen: told by dates alone, whether or not one is loaded (R53). */
export const statusByDate = (
  { expectedFrom, expectedTo }: { expectedFrom: string; expectedTo: string },
  now: EpochMilliseconds,
): 'awaited' | 'expected' | 'late' => {
  const today = dateOf(now)
  if (today < expectedFrom) return 'awaited'
  return today <= expectedTo ? 'expected' : 'late'
}

/** A result that may be seen, and how it stands. */
export type VisibleResult =
  | { readonly status: 'released' | 'corrected'; readonly version: ResultVersion }
  | { readonly status: 'held' | 'withdrawn' }

/** Undefined while nothing may be seen. A result is corrected if candidates could see another one before it. */
export const visibleResult = (versions: readonly ResultVersion[], facts: EmbargoFacts): VisibleResult | undefined => {
  const version = visibleVersion(versions, facts)
  if (!version) return undefined
  if (version.state !== 'final') return { status: version.state }
  const isCorrection = versions.some(
    (other) => other.version < version.version && other.state === 'final' && isSealedAndDue(other, facts),
  )
  return { status: isCorrection ? 'corrected' : 'released', version }
}
