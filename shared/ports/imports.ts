import type { AuditEntry } from '../domain/audit.ts'
import type { ImportProgress, ImportRecord, ImportReport } from '../domain/import.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/** A lease: the exclusive right to import files of one kind, held by one attempt at one import until it expires. */
export interface ImportLease {
  readonly kind: ImportRecord['kind']
  readonly importId: string
  /** Unique to the attempt, so that a second delivery of the same file waits like any other. */
  readonly attempt: string
  readonly until: EpochMilliseconds
  /**
   * Higher than that of every earlier lease of its kind. Every row written under the lease carries it, so that an attempt
   * thought dead notices that a later one has written, and overwrites nothing of it.
   */
  readonly fencingToken: number
}

/** What was found in a sound file, bound by the one write that begins to apply it. */
export type SoundFile = Pick<Required<ImportRecord>, 'objectVersion' | 'sessions' | 'rows' | 'totals' | 'changes'>

/** The imports that were started. Every change names the state it leaves, and throws if it is not there any more. */
export interface Imports {
  /** Writes the record and its line in the audit trail, both or neither. */
  create(record: ImportRecord, audit: AuditEntry): Promise<void>
  find(importId: string): Promise<ImportRecord | undefined>
  /**
   * One file of a kind at a time: undefined while another attempt's lease has not expired at `now`. From the first row that
   * an import writes until its end, however long that takes, no other import gets the lease: two files never mix.
   */
  acquireLease(wanted: Omit<ImportLease, 'fencingToken'>, now: EpochMilliseconds): Promise<ImportLease | undefined>
  /** Id of the import of this kind that is partly applied and whose lease has expired. */
  findAbandoned(kind: ImportLease['kind'], now: EpochMilliseconds): Promise<string | undefined>
  /** Extends the lease; `lost` if another attempt has acquired it. */
  renewLease(lease: ImportLease): Promise<'renewed' | 'lost'>
  /** Records progress: for people, and as the checkpoint from which the next attempt continues. */
  noteProgress(lease: ImportLease, progress: ImportProgress): Promise<void>
  /** Lets the next attempt start at once; does nothing if the lease is lost. */
  releaseLease(lease: ImportLease): Promise<void>
  /** `waiting` → `applying`, with what was found; throws unless the lease is held. */
  startApplying(lease: ImportLease, found: SoundFile): Promise<void>
  /** Keeps the encrypted data key that the attempt's Secret numbers are encrypted with. */
  keepDataKey(lease: ImportLease, encryptedKey: Uint8Array): Promise<void>
  /** Ends the import and the lease together; done already is fine. */
  finish(
    lease: ImportLease,
    end: Pick<ImportReport, 'state' | 'rows' | 'accepted'> & { objectVersion: string },
  ): Promise<void>
}

/** Which files are being applied: a session counted meanwhile would include half a file. */
export interface ImportsUnderWay {
  /** The imports of entries or results that change this session, from their first row to their end, however long that takes. */
  changing(session: string): Promise<readonly Pick<ImportRecord, 'importId' | 'kind' | 'fileName'>[]>
}
