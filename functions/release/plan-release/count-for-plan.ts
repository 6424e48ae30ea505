import { mapInChunks } from '../../../shared/domain/chunks.ts'
import { type Distribution, emptyDistribution, together, withResults } from '../../../shared/domain/distribution.ts'
import { shards } from '../../../shared/domain/identifiers.ts'
import type { Release } from '../../../shared/domain/release.ts'
import { listedFindings, type PlanFindings, type ReleasePreview } from '../../../shared/domain/release-preview.ts'
import { readableName } from '../../../shared/emails/readable-name.ts'
import type { NewDigest } from '../../../shared/ports/digests.ts'
import type { SessionDetails } from '../../../shared/ports/session-details.ts'
import type {
  SessionAccounts,
  SessionEntries,
  SessionEntry,
  SessionResult,
  SessionResults,
} from '../../../shared/ports/session-members.ts'
import { countShard, shardConcurrency } from '../../../shared/protocols/session-manifest.ts'

export interface CountPorts {
  readonly results: Pick<SessionResults, 'currentInShard'>
  readonly entries: SessionEntries
  readonly accounts: Pick<SessionAccounts, 'inShard'>
  readonly details: SessionDetails
  readonly newDigest: NewDigest
}

export interface Counted {
  /** Hash over the results of each shard, by shard number. */
  readonly shardManifests: readonly string[]
  readonly counts: Release['counts']
  /** Results that a correction would change. */
  readonly changes: number
  readonly recipientsByLanguage: ReleasePreview['recipientsByLanguage']
  /** From a sample of the results of every shard. */
  readonly distribution: Distribution
  readonly centreNumbers: readonly string[]
  readonly findings: PlanFindings
}

/** The results that are mailed: for a release every final one, for a correction the changed ones. */
type IsChange = (result: SessionResult) => boolean

/** Size of the sample of grades per shard: large enough for a distribution, small enough to be quick. */
const gradesOfShard = 100

/** Counts a session's results for its release or for its correction. */
export const countForPlan = async (ports: CountPorts, session: string, isChange?: IsChange): Promise<Counted> => {
  const counted = await mapInChunks(shards, shardConcurrency, (shard) => countOne(ports, session, shard, isChange))
  const all = <Name extends 'missing' | 'unexpected' | 'nameless' | 'centreNumbers'>(name: Name) =>
    counted.flatMap((shard) => shard[name])
  const sum = (of: (shard: (typeof counted)[number]) => number) => counted.reduce((total, one) => total + of(one), 0)
  return {
    shardManifests: counted.map(({ manifest }) => manifest),
    counts: {
      entries: sum(({ entries }) => entries),
      results: sum(({ results }) => results),
      entriesWithoutResult: sum(({ missing }) => missing.length),
      resultsWithoutEntry: sum(({ unexpected }) => unexpected.length),
      recipients: sum(({ languages }) => languages.length),
    },
    changes: sum(({ changes }) => changes),
    recipientsByLanguage: tally(counted.flatMap(({ languages }) => languages)),
    distribution: together(counted.map(({ distribution }) => distribution)),
    centreNumbers: [...new Set(all('centreNumbers'))],
    findings: {
      entriesWithoutResult: all('missing').slice(0, listedFindings),
      resultsWithoutEntry: all('unexpected').slice(0, listedFindings),
      blankNames: all('nameless').slice(0, listedFindings),
    },
  }
}

const countOne = async (ports: CountPorts, session: string, shard: number, isChange: IsChange | undefined) => {
  const { results, manifest } = await countShard(ports)(session, shard)
  const known = new Map(results.map((result) => [result.idNumber, result]))
  const isTold = (result: SessionResult) => (isChange ? isChange(result) : result.state === 'final')
  const entries: SessionEntry[] = []
  for await (const entry of ports.entries.inShard(session, shard)) entries.push(entry)
  const entered = new Set(entries.map(({ idNumber }) => idNumber))
  const languages: string[] = []
  for await (const { idNumber, emailOptIn, language } of ports.accounts.inShard(session, shard)) {
    const result = known.get(idNumber)
    if (emailOptIn && result && isTold(result)) languages.push(language)
  }
  const finals = results.filter(({ state }) => state === 'final').slice(0, gradesOfShard)
  return {
    manifest,
    entries: entries.length,
    results: results.length,
    missing: [...entered].filter((idNumber) => !known.has(idNumber)),
    unexpected: results.map(({ idNumber }) => idNumber).filter((idNumber) => !entered.has(idNumber)),
    nameless: entries
      .filter(({ givenName, familyName }) => readableName(`${givenName} ${familyName}`).trim() === '')
      .map(({ idNumber }) => idNumber),
    centreNumbers: [...new Set(entries.map(({ centreNumber }) => centreNumber))],
    changes: isChange ? results.filter(isChange).length : 0,
    languages,
    distribution: withResults(emptyDistribution, await ports.details.payloads(finals)),
  }
}

const tally = (names: readonly string[]): ReleasePreview['recipientsByLanguage'] =>
  [...Map.groupBy(names.toSorted(), (name) => name)].map(([language, all]) => ({ language, recipients: all.length }))
