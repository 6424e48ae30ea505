import type { Opening, Release } from './release.ts'
import type { ResultVersion } from './result.ts'
import type { EpochMilliseconds } from './time.ts'

/** What both gates look at. */
export interface EmbargoFacts {
  readonly release: Pick<Release, 'releaseId' | 'state'> | undefined
  readonly opening: Pick<Opening, 'releaseId' | 'releasedAt' | 'corrections'> | undefined
  readonly now: EpochMilliseconds
}

/** First gate: the version itself carries a seal that two people have agreed to, and its own instant has come. */
export const isSealedAndDue = (
  version: Pick<ResultVersion, 'sealedFor' | 'visibleFrom'>,
  { now }: Pick<EmbargoFacts, 'now'>,
): boolean =>
  typeof version.sealedFor === 'string' && typeof version.visibleFrom === 'number' && version.visibleFrom <= now

/** Second gate: the releasing function has opened the session for this release, and nobody holds it. */
export const isSessionOpen = ({ release, opening, now }: EmbargoFacts): boolean =>
  release?.state === 'released' &&
  opening?.releaseId === release.releaseId &&
  typeof opening.releasedAt === 'number' &&
  opening.releasedAt <= now

/** The same for one seal: of the release itself, or of a correction that the releasing function has opened since. */
export const isOpenFor = (seal: string | undefined, facts: EmbargoFacts): boolean => {
  if (seal === undefined || !isSessionOpen(facts)) return false
  if (seal === facts.release?.releaseId) return true
  const correctedAt = facts.opening?.corrections?.[seal]?.correctedAt
  return typeof correctedAt === 'number' && correctedAt <= facts.now
}

/** Whether this seal has ever been opened, held meanwhile or not: what carries it has been seen and is never sealed anew. */
export const isSealOpened = (seal: string | undefined, opening: EmbargoFacts['opening']): boolean =>
  seal !== undefined &&
  opening !== undefined &&
  (seal === opening.releaseId || opening.corrections?.[seal]?.correctedAt !== undefined)

/**
 * Whether results that could be seen are hidden for now. It is told to every candidate of the session alike, so it says
 * nothing about a result; a hold before the instant is not told at all.
 */
export const isSessionHeld = ({ release, opening, now }: EmbargoFacts): boolean =>
  release?.state === 'held' && isSessionOpen({ release: { ...release, state: 'released' }, opening, now })

/**
 * The only way to a result: the versions for which both gates are open, the newest first. Both are needed, and whatever
 * is missing or malformed keeps them shut (G3, R50).
 */
export const visibleVersions = <Version extends Pick<ResultVersion, 'version' | 'sealedFor' | 'visibleFrom'>>(
  versions: readonly Version[],
  facts: EmbargoFacts,
): readonly Version[] =>
  versions
    .filter((version) => isSealedAndDue(version, facts) && isOpenFor(version.sealedFor, facts))
    .toSorted((a, b) => b.version - a.version)

/** The one of them that counts, or none. */
export const visibleVersion = <Version extends Pick<ResultVersion, 'version' | 'sealedFor' | 'visibleFrom'>>(
  versions: readonly Version[],
  facts: EmbargoFacts,
): Version | undefined => visibleVersions(versions, facts)[0]
