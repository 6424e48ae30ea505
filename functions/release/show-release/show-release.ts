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
    const release = await releases.find(session)
    return release ? { outcome: 'found', release } : { outcome: 'no-such-release' }
  }
