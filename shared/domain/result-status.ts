import { type EmbargoFacts, visibleVersions } from './embargo.ts'
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

/** A result that may be seen, how it stands, and since when. */
export type VisibleResult =
  | {
      readonly status: 'released' | 'corrected'
      readonly version: ResultVersion
      /** When the first one could be seen. */
      readonly releasedAt?: EpochMilliseconds | undefined
      readonly correctedAt?: EpochMilliseconds | undefined
    }
  | { readonly status: 'held' | 'withdrawn'; readonly correctedAt?: EpochMilliseconds | undefined }

/** Undefined while nothing may be seen. A result is corrected if candidates could see another one before it. */
export const visibleResult = (versions: readonly ResultVersion[], facts: EmbargoFacts): VisibleResult | undefined => {
  const [version, ...before] = visibleVersions(versions, facts)
  if (!version) return undefined
  const since = visibleSince(version, facts)
  if (version.state !== 'final') {
    return { status: version.state, correctedAt: before.length > 0 ? since : undefined }
  }
  const shown = before.filter(({ state }) => state === 'final')
  const first = shown.at(-1)
  return first && shown.some(({ digest }) => digest !== version.digest)
    ? { status: 'corrected', version, releasedAt: visibleSince(first, facts), correctedAt: since }
    : { status: 'released', version, releasedAt: visibleSince(first ?? version, facts) }
}

/** A correction is seen from its opening on, which may have come later than its instant. */
const visibleSince = ({ sealedFor = '', visibleFrom }: ResultVersion, { opening }: EmbargoFacts) =>
  opening?.corrections?.[sealedFor]?.correctedAt ?? visibleFrom
