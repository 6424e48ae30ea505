import {
  type EntryRow,
  entryColumns,
  readEntryRow,
  type SessionFacts,
  sessionFaults,
} from '../../../shared/domain/entry-row.ts'
import { mapInGroups } from '../../../shared/domain/groups.ts'
import type { LocatedRow, RowFault } from '../../../shared/domain/import.ts'
import { secretNumberText } from '../../../shared/domain/secret-number.ts'
import type { ImportedEntries, StoredEntry } from '../../../shared/ports/imported-entries.ts'
import type { Turn } from '../../../shared/ports/imports.ts'
import type { KeyedHash } from '../../../shared/ports/keyed-hash.ts'
import type { NewSecretNumberSeal, SecretNumberSeal } from '../../../shared/ports/secret-number-seal.ts'
import { type ImportPorts, type ImportSteps, importFile } from '../../../shared/protocols/import-file.ts'

export interface ImportEntriesPorts extends ImportPorts {
  readonly entries: ImportedEntries
  readonly keyedHash: KeyedHash
  readonly newSeal: NewSecretNumberSeal
}

export type ImportEntries = ReturnType<typeof importEntries>

/** Imports a file of entries (R02, R62): new ones are added, known ones must be the same. */
export const importEntries = (ports: ImportEntriesPorts) => importFile(ports, 'entries', (turn) => steps(ports, turn))

/** Writes in flight at once. */
const writesAtOnce = 25

const steps = (ports: ImportEntriesPorts, turn: Turn): ImportSteps<EntryRow> => {
  const { entries, keyedHash } = ports
  const seenIds = new Set<string>()
  const factsBySession = new Map<string, SessionFacts>()
  const hashOf = ({ entry, secretNumber }: EntryRow) => keyedHash(secretNumberText(entry.idNumber, secretNumber))
  const sealOnce = onceFor(ports, turn)

  const faultsOf = async (
    { line, row }: LocatedRow<EntryRow>,
    stored: StoredEntry | undefined,
  ): Promise<RowFault[]> => {
    const { entry } = row
    const refused = (column: string, reason: string): RowFault[] => [{ line, column, reason }]
    if (seenIds.has(entry.idNumber)) return refused('id_number', 'the ID number is in this file twice')
    seenIds.add(entry.idNumber)
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

  const add = async (row: EntryRow) => {
    const { entry, secretNumber } = row
    const seal = await sealOnce()
    const added = await entries.add({
      ...entry,
      secretHash: await hashOf(row),
      secretNumber: { key: `${turn.importId}/${turn.attempt}`, ciphertext: seal.seal(entry.idNumber, secretNumber) },
    })
    // It can only be this row, written by an attempt that did not live to know of it.
    if (added === 'present') await correct(row)
  }

  /** Throws where what two files say of one ID has met after both were compared: then neither is told as applied. */
  const correct = async (row: EntryRow) => {
    const corrected = await entries.correct({ ...row.entry, secretHash: await hashOf(row) })
    if (corrected === 'changed') throw new Error('an entry of this file has changed during the import')
  }

  return {
    format: { columns: entryColumns, readRow: readEntryRow },
    async compare(page) {
      const stored = await entries.find(idsOf(page.map(({ row }) => row)))
      const faults: RowFault[] = []
      // One after the other: each row is held against those before it.
      for (const located of page) faults.push(...(await faultsOf(located, stored.get(located.row.entry.idNumber))))
      return { faults, changing: page.filter(({ row }) => isNews(row, stored)).map(({ row }) => row.entry.session) }
    },
    announce: async () => undefined,
    async apply(rows) {
      const stored = await entries.find(idsOf(rows))
      await mapInGroups(rows, writesAtOnce, async (row) => {
        const known = stored.get(row.entry.idNumber)
        if (!known) return add(row)
        if (!isSame(row.entry, known) || known.secretHash !== (await hashOf(row))) await correct(row)
      })
    },
  }
}

/** One data key an attempt, made when the first row needs it and kept before any row uses it. */
const onceFor = ({ newSeal, imports }: ImportEntriesPorts, turn: Turn) => {
  let made: Promise<SecretNumberSeal> | undefined
  const make = async () => {
    const seal = await newSeal(turn.importId)
    await imports.keepDataKey(turn, seal.encryptedKey)
    return seal
  }
  return () => {
    made ??= make()
    return made
  }
}

const isNews = ({ entry }: EntryRow, stored: ReadonlyMap<string, StoredEntry>) => {
  const known = stored.get(entry.idNumber)
  return !known || !isSame(entry, known)
}

const idsOf = (rows: readonly EntryRow[]) => [...new Set(rows.map(({ entry }) => entry.idNumber))]

/** Names and centre of a known entry may be corrected by a later file; what it is known by may not. */
const isSame = (entry: EntryRow['entry'], stored: StoredEntry) =>
  entry.session === stored.session &&
  entry.givenName === stored.givenName &&
  entry.familyName === stored.familyName &&
  entry.centreNumber === stored.centreNumber
