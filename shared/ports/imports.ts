import type { AuditEntry } from '../domain/audit.ts'
import type { ImportProgress, ImportRecord, ImportReport } from '../domain/import.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/** The right to import a file of one kind, held by one attempt at one import until it lapses. */
export interface Turn {
  readonly kind: ImportRecord['kind']
  readonly importId: string
  /** Unique to the attempt, so that a second delivery of the same file waits like any other. */
  readonly attempt: string
  readonly until: EpochMilliseconds
  /**
   * Higher than that of every earlier turn of its kind. What a turn writes carries it, so that an attempt that was thought
   * dead sees that a later one has been there, and undoes nothing of it.
   */
  readonly number: number
}

/** What was found in a sound file, bound by the one write that begins to apply it. */
export type SoundFile = Pick<Required<ImportRecord>, 'objectVersion' | 'sessions' | 'rows' | 'totals' | 'changes'>

/** The imports that were started. Every change names the state it leaves, and throws if it is not there any more. */
export interface Imports {
  /** Writes the record and its line in the audit trail, both or neither. */
  create(record: ImportRecord, audit: AuditEntry): Promise<void>
  find(importId: string): Promise<ImportRecord | undefined>
  /**
   * One file of a kind at a time. Nobody gets the turn while another attempt's has not lapsed at `now`, and no other
   * import gets it between the first row that an import writes and its end, however long that takes: two files never mix.
   * Undefined where it is somebody else's.
   */
  takeTurn(wanted: Omit<Turn, 'number'>, now: EpochMilliseconds): Promise<Turn | undefined>
  /** The import of this kind that is half applied while no attempt works on it, by its id. */
  findAbandoned(kind: Turn['kind'], now: EpochMilliseconds): Promise<string | undefined>
  /** Moves the turn's end; `lost` if another attempt has taken it. */
  keepTurn(turn: Turn): Promise<'kept' | 'lost'>
  /** Notes how far it is: for people, and for the next attempt, which does not write again what this one has. */
  noteProgress(turn: Turn, progress: ImportProgress): Promise<void>
  /** Lets the next attempt begin at once; does nothing if the turn is lost. */
  giveUpTurn(turn: Turn): Promise<void>
  /** `waiting` → `applying`, with what was found; throws unless the turn is held. */
  startApplying(turn: Turn, found: SoundFile): Promise<void>
  /** Keeps the encrypted data key that the attempt's Secret numbers are encrypted with. */
  keepDataKey(turn: Turn, encryptedKey: Uint8Array): Promise<void>
  /** Ends the import and the turn together; done already is fine. */
  finish(turn: Turn, end: Pick<ImportReport, 'state' | 'rows' | 'accepted'> & { objectVersion: string }): Promise<void>
}

/** Whether files are being applied: who counts a session meanwhile would count half a file. */
export interface ImportsUnderWay {
  /** The imports of entries or results that change this session, from their first row to their end, however long that takes. */
  changing(session: string): Promise<readonly Pick<ImportRecord, 'importId' | 'kind' | 'fileName'>[]>
}
