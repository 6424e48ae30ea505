import { findExam } from '../../../shared/domain/catalogue.ts'
import type { SessionFacts } from '../../../shared/domain/entry-row.ts'
import { examFaults } from '../../../shared/domain/exam-rules.ts'
import { idNumberSet } from '../../../shared/domain/id-number-set.ts'
import type { FieldFault, LocatedRow, RowFault } from '../../../shared/domain/import.ts'
import { resultDigestText } from '../../../shared/domain/result-digest.ts'
import { type ResultRow, readResultRow, resultColumns } from '../../../shared/domain/result-row.ts'
import type { EntriesFacts, EntryFacts } from '../../../shared/ports/imported-entries.ts'
import type { ImportLease } from '../../../shared/ports/imports.ts'
import type { Releases } from '../../../shared/ports/releases.ts'
import type { ImportedVersion, ResultHistory } from '../../../shared/ports/result-history.ts'
import { importFile } from '../../../shared/protocols/import-file.ts'
import { LeaseLost } from '../../../shared/protocols/import-lease.ts'
import type { ImportPorts, ImportSteps } from '../../../shared/protocols/import-steps.ts'

export interface ImportResultsPorts extends ImportPorts {
  readonly results: ResultHistory
  readonly entriesFacts: EntriesFacts
  readonly releases: Pick<Releases, 'voidPlan'>
}

export type ImportResults = ReturnType<typeof importResults>

interface Stored {
  readonly newest: ReadonlyMap<string, Pick<ImportedVersion, 'version' | 'session' | 'digest' | 'fencingToken'>>
  readonly entries: ReadonlyMap<string, EntryFacts>
}

/**
 * Imports a file of results (R62): what differs from the newest version becomes the next one, without a seal and so
 * hidden. What two people agreed to for its session is void (R63).
 */
export const importResults = (ports: ImportResultsPorts) => importFile(ports, 'results', (lease) => steps(ports, lease))

const steps = (
  { results, entriesFacts, releases, newDigest }: ImportResultsPorts,
  lease: ImportLease,
): ImportSteps<ResultRow, Stored> => {
  const seenIds = idNumberSet()
  const factsBySession = new Map<string, SessionFacts | undefined>()

  const digestOf = (row: ResultRow) => {
    const digest = newDigest()
    digest.add(resultDigestText(row))
    return digest.hex()
  }
  const newestOf = (rows: readonly ResultRow[]) => results.newest([...new Set(rows.map(({ idNumber }) => idNumber))])

  /** Results may come before any entry of their session; then nobody can say yet which exam they are of. */
  const factsOf = async (session: string) => {
    if (!factsBySession.has(session)) factsBySession.set(session, await entriesFacts.factsOf(session))
    return factsBySession.get(session)
  }

  const faultsOf = async ({ line, row }: LocatedRow<ResultRow>, stored: Stored): Promise<RowFault[]> => {
    const { idNumber, session } = row
    const refused = (column: string, reason: string): RowFault[] => [{ line, column, reason }]
    if (!seenIds.add(idNumber)) return refused('id_number', 'the ID number is in this file twice')
    const known = stored.newest.get(idNumber)
    if (known && known.session !== session) return refused('session', 'the ID number has a result in another session')
    const entry = stored.entries.get(idNumber)
    if (entry && entry.session !== session) return refused('session', 'the ID number is known with another session')
    const facts = entry ?? (await factsOf(session))
    factsBySession.set(session, facts)
    return facts ? faultsInExam(row, facts).map((fault) => ({ line, ...fault })) : []
  }

  return {
    format: { columns: resultColumns, readRow: readResultRow },
    maxRows: 2_000_000,
    sessionOf: ({ session }) => session,
    examOf: (session) => factsBySession.get(session)?.exam,
    async find(rows) {
      const [newest, entries] = await Promise.all([
        newestOf(rows),
        entriesFacts.factsFor([...new Set(rows.map(({ idNumber }) => idNumber))]),
      ])
      return { newest, entries }
    },
    async compare(page, stored) {
      const faults: RowFault[] = []
      // One after the other: each row is held against those before it.
      for (const located of page) faults.push(...(await faultsOf(located, stored)))
      const changing = page.flatMap(({ row }) => {
        const known = stored.newest.get(row.idNumber)
        if (known?.digest === digestOf(row)) return []
        return [{ session: row.session, how: known ? ('corrected' as const) : ('added' as const) }]
      })
      return { faults, changing }
    },
    async announce(sessions) {
      for (const session of sessions) await releases.voidPlan(session)
    },
    async apply(rows, { newest }) {
      const versions = rows.flatMap((row) => {
        const known = newest.get(row.idNumber)
        const digest = digestOf(row)
        if (known?.digest === digest) return []
        if (known && known.fencingToken > lease.fencingToken) throw new LeaseLost(lease.importId)
        return [{ ...row, version: (known?.version ?? 0) + 1, digest, fencingToken: lease.fencingToken }]
      })
      const present = await results.addAll(versions)
      if (versions.some(({ idNumber, digest }) => present.has(idNumber) && present.get(idNumber) !== digest)) {
        throw new Error('another version of a result has appeared during the import')
      }
    },
  }
}

/** What the exam that it was taken in rules out: grades, scores and levels, and from when the exam counts here (R57). */
const faultsInExam = (row: ResultRow, { exam, dateTaken }: SessionFacts): FieldFault[] => {
  const { takenFrom } = findExam(exam) ?? {}
  return takenFrom && dateTaken < takenFrom
    ? [{ column: 'session', reason: `taken before ${takenFrom}, from when results of this exam are given here` }]
    : examFaults(exam, row)
}
