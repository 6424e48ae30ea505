import { sessionPattern } from '../../../shared/domain/identifiers.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import type { Releases } from '../../../shared/ports/releases.ts'

export type ShowOutcome =
  | { readonly outcome: 'found'; readonly release: PlannedRelease }
  | { readonly outcome: 'no-such-release' }

export type ShowRelease = ReturnType<typeof showRelease>

/** Where the session's release stands. */
export const showRelease =
  ({ releases }: { readonly releases: Pick<Releases, 'find'> }) =>
  async (session: string): Promise<ShowOutcome> => {
    const release = sessionPattern.test(session) ? await releases.find(session) : undefined
    return release ? { outcome: 'found', release } : { outcome: 'no-such-release' }
  }
