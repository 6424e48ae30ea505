import { sessionPattern } from '../../../shared/domain/identifiers.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import type { SessionSummary } from '../../../shared/domain/release-preview.ts'
import { wasOpened } from '../../../shared/domain/release-transitions.ts'
import type { Corrections, Releases } from '../../../shared/ports/releases.ts'
import type { SessionSummaries } from '../../../shared/ports/session-summaries.ts'

export interface ShowReleasePorts {
  readonly releases: Pick<Releases, 'find'>
  readonly corrections: Pick<Corrections, 'find'>
  readonly summaries: Pick<SessionSummaries, 'find'>
}

export type ShowOutcome =
  | {
      readonly outcome: 'found'
      readonly release: PlannedRelease
      readonly correction?: PlannedRelease
      readonly summary?: SessionSummary
    }
  | { readonly outcome: 'no-such-release' }

export type ShowRelease = ReturnType<typeof showRelease>

/** The state of the session's release, its newest correction, and the findings of its plan. */
export const showRelease =
  ({ releases, corrections, summaries }: ShowReleasePorts) =>
  async (session: string): Promise<ShowOutcome> => {
    const release = sessionPattern.test(session) ? await releases.find(session) : undefined
    if (!release) return { outcome: 'no-such-release' }
    const correction = wasOpened(release) ? await corrections.find(session) : undefined
    const summary = await summaries.find(session)
    return { outcome: 'found', release, ...(correction && { correction }), ...(summary && { summary }) }
  }
