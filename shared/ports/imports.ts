import type { AuditEntry } from '../domain/audit.ts'
import type { ImportRecord } from '../domain/import.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/** The right to import a file of one kind, held by one attempt at one import until it lapses. */
export interface Turn {
  readonly kind: ImportRecord['kind']
  readonly importId: string
  /** Unique to the attempt, so that a second delivery of the same file waits like any other. */
  readonly attempt: string
  readonly until: EpochMilliseconds
}

/** The imports that were started. Every change names the state it leaves, and throws if it is not there any more. */
export interface Imports {
  /** Writes the record and its line in the audit trail, both or neither. */
  create(record: ImportRecord, audit: AuditEntry): Promise<void>
  find(importId: string): Promise<ImportRecord | undefined>
  /**
   * One file of a kind at a time. Nobody gets the turn while another attempt's has not lapsed at `now`, and no other
   * import gets it between the first row that an import writes and its end, however long that takes: two files never mix.
   */
  takeTurn(turn: Turn, now: EpochMilliseconds): Promise<'taken' | 'busy'>
  /** Moves the turn's end; `lost` if another attempt has taken it. */
  keepTurn(turn: Turn): Promise<'kept' | 'lost'>
  /** Lets the next attempt begin at once; does nothing if the turn is lost. */
  giveUpTurn(turn: Turn): Promise<void>
  /** `waiting` → `applying`, with what was found; throws unless the turn is held. */
  startApplying(turn: Turn, found: Pick<Required<ImportRecord>, 'objectVersion' | 'sessions' | 'rows'>): Promise<void>
  /** Keeps the encrypted data key that the attempt's Secret numbers are encrypted with. */
  keepDataKey(turn: Turn, encryptedKey: Uint8Array): Promise<void>
  /** Ends the import and the turn together; done already is fine. */
  finish(
    turn: Turn,
    end: { state: 'applied' | 'refused'; rows: number; accepted: number; objectVersion: string },
  ): Promise<void>
}
