import type { ResultVersion } from '../../../shared/domain/result.ts'
import type { ImportedVersion, ResultHistory } from '../../../shared/ports/result-history.ts'
import type { SessionResults } from '../../../shared/ports/session-members.ts'
import { knownShard } from './known-shard.ts'

const byId = (a: { idNumber: string }, b: { idNumber: string }) => (a.idNumber < b.idNumber ? -1 : 1)

/** Versions of results in a map; counts the writes. */
export const inMemoryResults = () => {
  const rows = new Map<string, ImportedVersion>()
  const counts = { writes: 0 }
  const keyOf = (idNumber: string, version: number) => `${idNumber}#${version}`
  const versionsOf = (idNumber: string) => {
    const versions: ImportedVersion[] = []
    for (let row = rows.get(keyOf(idNumber, 1)); row; row = rows.get(keyOf(idNumber, versions.length + 1)))
      versions.push(row)
    return versions
  }
  const inShard = (session: string, shard: number) =>
    [...rows.values()].filter((row) => row.session === session && knownShard(row.idNumber) === shard).toSorted(byId)
  const addAll = async (versions: readonly ImportedVersion[]) => {
    const digests = new Map<string, string>()
    for (const version of versions) {
      const key = keyOf(version.idNumber, version.version)
      const present = rows.get(key)
      if (present) digests.set(version.idNumber, present.digest)
      if (present) continue
      counts.writes++
      rows.set(key, version)
    }
    return digests
  }
  return {
    rows,
    counts,
    versionsOf,
    async newest(idNumbers) {
      return new Map(
        idNumbers.flatMap((id) => {
          const newest = versionsOf(id).at(-1)
          return newest ? [[id, newest]] : []
        }),
      )
    },
    /** One version, as a test needs it. */
    add: (version: ResultVersion) => addAll([{ ...version, fencingToken: 0 }]),
    addAll,
    async *currentInShard(session, shard) {
      const ids = new Set(inShard(session, shard).map(({ idNumber }) => idNumber))
      for (const id of ids) yield versionsOf(id).at(-1) as ResultVersion
    },
    async versionsBetween(session, shard, first, last) {
      return inShard(session, shard).filter(({ idNumber }) => idNumber >= first && idNumber <= last)
    },
    async seal({ idNumber, version, digest }, { releaseId, visibleFrom }) {
      const row = rows.get(keyOf(idNumber, version))
      if (row?.digest !== digest) throw new Error('it is not that result')
      counts.writes++
      rows.set(keyOf(idNumber, version), { ...row, sealedFor: releaseId, visibleFrom })
    },
  } satisfies ResultHistory & SessionResults & Record<string, unknown>
}
