import { mapInChunks } from '../../../shared/domain/chunks.ts'
import {
  type EntryRow,
  entryColumns,
  readEntryRow,
  type SessionFacts,
  sessionFaults,
} from '../../../shared/domain/entry-row.ts'
import { idNumberSet } from '../../../shared/domain/id-number-set.ts'
import type { LocatedRow, RowFault } from '../../../shared/domain/import.ts'
import { secretNumberText } from '../../../shared/domain/secret-number.ts'
import type { ImportedEntries, NewEntry, StoredEntry } from '../../../shared/ports/imported-entries.ts'
import type { ImportLease } from '../../../shared/ports/imports.ts'
import type { KeyedHash } from '../../../shared/ports/keyed-hash.ts'
import type { NewSecretNumberSeal, SecretNumberSeal } from '../../../shared/ports/secret-number-seal.ts'
import { importFile } from '../../../shared/protocols/import-file.ts'
import { LeaseLost } from '../../../shared/protocols/import-lease.ts'
import type { ImportPorts, ImportSteps } from '../../../shared/protocols/import-steps.ts'

export interface ImportEntriesPorts extends ImportPorts {
  readonly entries: ImportedEntries
  readonly keyedHash: KeyedHash
  readonly newSeal: NewSecretNumberSeal
}

export type ImportEntries = ReturnType<typeof importEntries>

type Stored = ReadonlyMap<string, StoredEntry>

/** Imports a file of entries (R02, R62): adds new ones; known ones must be the same. */
export const importEntries = (ports: ImportEntriesPorts) => importFile(ports, 'entries', (lease) => steps(ports, lease))

/** Concurrent corrections. */
const correctionsAtOnce = 25

const steps = (ports: ImportEntriesPorts, lease: ImportLease): ImportSteps<EntryRow, Stored> => {
  const { entries, keyedHash } = ports
  const seenIds = idNumberSet()
  const factsBySession = new Map<string, SessionFacts>()
  const hashOf = ({ entry, secretNumber }: EntryRow) => keyedHash(secretNumberText(entry.idNumber, secretNumber))
  const sealOnce = onceFor(ports, lease)

  const faultsOf = async (
    { line, row }: LocatedRow<EntryRow>,
    stored: StoredEntry | undefined,
  ): Promise<RowFault[]> => {
    const { entry } = row
    const refused = (column: string, reason: string): RowFault[] => [{ line, column, reason }]
    if (!seenIds.add(entry.idNumber)) return refused('id_number', 'the ID number is in this file twice')
    const facts = factsBySession.get(entry.session) ?? (await entries.factsOf(entry.session)) ?? entry
    factsBySession.set(entry.session, facts)
    return [
      ...sessionFaults(entry, facts).map((fault) => ({ line, ...fault })),
      ...(stored && stored.session !== entry.session
        ? refused('session', 'the ID number is known with another session')
        : []),
      ...(stored && stored.secretHash !== (await hashOf(row))
        ? refused('secret_number', 'the ID number is known with another Secret number')
        : []),
    ]
  }

  const toBeAdded = async (row: EntryRow): Promise<NewEntry> => {
    const seal = await sealOnce()
    const ciphertext = seal.seal(row.entry.idNumber, row.secretNumber)
    return {
      ...row.entry,
      secretHash: await hashOf(row),
      fencingToken: lease.fencingToken,
      secretNumber: { key: `${lease.importId}/${lease.attempt}`, ciphertext },
    }
  }

  const add = async (rows: readonly EntryRow[]) => {
    if (rows.length === 0) return
    const present = await entries.addAll(await Promise.all(rows.map(toBeAdded)))
    if (present.size === 0) return
    // Already written by an earlier attempt that was killed before it knew.
    const known = await entries.find([...present])
    for (const row of rows.filter(({ entry }) => present.has(entry.idNumber))) {
      if (!(await isStored(row, known.get(row.entry.idNumber)))) throw changed()
    }
  }

  const correct = (rows: readonly EntryRow[], known: Stored) =>
    mapInChunks(rows, correctionsAtOnce, async (row) => {
      const found = known.get(row.entry.idNumber)
      if (await isStored(row, found)) return
      if (found?.session !== row.entry.session || found.secretHash !== (await hashOf(row))) throw changed()
      if (found.fencingToken > lease.fencingToken) throw new LeaseLost(lease.importId)
      if ((await entries.correct(found, { ...row.entry, fencingToken: lease.fencingToken })) === 'changed')
        throw changed()
    })

  const isStored = async (row: EntryRow, found: StoredEntry | undefined) =>
    found !== undefined && isSame(row.entry, found) && found.secretHash === (await hashOf(row))

  return {
    format: { columns: entryColumns, readRow: readEntryRow },
    maxRows: 2_000_000,
    sessionOf: ({ entry }) => entry.session,
    examOf: (session) => factsBySession.get(session)?.exam,
    find: (rows) => entries.find([...new Set(rows.map(({ entry }) => entry.idNumber))]),
    async compare(page, stored) {
      const faults: RowFault[] = []
      // Sequentially: each row is compared with those before it.
      for (const located of page) faults.push(...(await faultsOf(located, stored.get(located.row.entry.idNumber))))
      const changing = page.flatMap(({ row: { entry } }) => {
        const known = stored.get(entry.idNumber)
        if (known && isSame(entry, known)) return []
        return [{ session: entry.session, how: known ? ('corrected' as const) : ('added' as const) }]
      })
      return { faults, changing }
    },
    announce: async () => undefined,
    async apply(rows, stored) {
      await add(rows.filter(({ entry }) => !stored.has(entry.idNumber)))
      await correct(
        rows.filter(({ entry }) => stored.has(entry.idNumber)),
        stored,
      )
    },
  }
}

/** Two files contradict each other about an ID although both passed the comparison: the import does not end as applied. */
const changed = () => new Error('an entry of this file has changed during the import')

/** One data key per attempt, generated for the first row that needs it and stored before any row uses it. */
const onceFor = ({ newSeal, imports }: ImportEntriesPorts, lease: ImportLease) => {
  let made: Promise<SecretNumberSeal> | undefined
  const make = async () => {
    const seal = await newSeal(lease.importId)
    await imports.keepDataKey(lease, seal.encryptedKey)
    return seal
  }
  return () => {
    made ??= make()
    return made
  }
}

/** A later file may correct names and centre of a known entry, but nothing that identifies it. */
const isSame = (entry: EntryRow['entry'], stored: StoredEntry) =>
  entry.session === stored.session &&
  entry.givenName === stored.givenName &&
  entry.familyName === stored.familyName &&
  entry.centreNumber === stored.centreNumber
