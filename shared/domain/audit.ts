import type { EpochMilliseconds } from './time.ts'

/** One line of the append-only trail: who did what to which subject. */
export interface AuditEntry {
  /** `import/<id>` or `release/<session>`. */
  readonly subject: string
  readonly at: EpochMilliseconds
  /** Unique, so that no line overwrites another. */
  readonly id: string
  /** The person, or the function where nobody acted. */
  readonly by: string
  /** A past participle with its noun: `release-approved`. */
  readonly action: string
  /** Ids, states, counts and hashes; never a name, an address or a result. */
  readonly details: Readonly<Record<string, string | number>>
}
