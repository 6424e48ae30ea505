import { sessionPattern } from '../../../shared/domain/identifiers.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import { wasOpened } from '../../../shared/domain/release-transitions.ts'
import type { Corrections, Releases } from '../../../shared/ports/releases.ts'

export interface ShowReleasePorts {
  readonly releases: Pick<Releases, 'find'>
  readonly corrections: Pick<Corrections, 'find'>
}

export type ShowOutcome =
  | { readonly outcome: 'found'; readonly release: PlannedRelease; readonly correction?: PlannedRelease }
  | { readonly outcome: 'no-such-release' }

export type ShowRelease = ReturnType<typeof showRelease>

/** Where the session's release stands, and its newest correction. */
export const showRelease =
  ({ releases, corrections }: ShowReleasePorts) =>
  async (session: string): Promise<ShowOutcome> => {
    const release = sessionPattern.test(session) ? await releases.find(session) : undefined
    if (!release) return { outcome: 'no-such-release' }
    const correction = wasOpened(release) ? await corrections.find(session) : undefined
    return { outcome: 'found', release, ...(correction && { correction }) }
  }
