import type { Opening, Release } from './release.ts'
import type { ResultVersion } from './result.ts'
import type { EpochMilliseconds } from './time.ts'

/** What both gates look at. */
export interface EmbargoFacts {
  readonly release: Pick<Release, 'releaseId' | 'state'> | undefined
  readonly opening: Pick<Opening, 'releaseId' | 'releasedAt'> | undefined
  readonly now: EpochMilliseconds
}

/** First gate: the version itself carries the seal of this release, and its own instant has come. */
export const isSealedAndDue = (
  version: Pick<ResultVersion, 'sealedFor' | 'visibleFrom'>,
  { release, now }: EmbargoFacts,
): boolean =>
  release !== undefined &&
  version.sealedFor === release.releaseId &&
  typeof version.visibleFrom === 'number' &&
  version.visibleFrom <= now

/** Second gate: the releasing function has opened the session for this release, and nobody holds it. */
export const isSessionOpen = ({ release, opening, now }: EmbargoFacts): boolean =>
  release?.state === 'released' &&
  opening?.releaseId === release.releaseId &&
  typeof opening.releasedAt === 'number' &&
  opening.releasedAt <= now

/**
 * Whether results that could be seen are hidden for now. It is told to every candidate of the session alike, so it says
 * nothing about a result; a hold before the instant is not told at all.
 */
export const isSessionHeld = ({ release, opening, now }: EmbargoFacts): boolean =>
  release?.state === 'held' && isSessionOpen({ release: { ...release, state: 'released' }, opening, now })

/**
 * The only way to a result: the newest version for which both gates are open, or none.
 * Both are needed, and whatever is missing or malformed keeps them shut (G3, R50).
 */
export const visibleVersion = <Version extends Pick<ResultVersion, 'version' | 'sealedFor' | 'visibleFrom'>>(
  versions: readonly Version[],
  facts: EmbargoFacts,
): Version | undefined =>
  isSessionOpen(facts)
    ? versions.filter((version) => isSealedAndDue(version, facts)).toSorted((a, b) => b.version - a.version)[0]
    : undefined
