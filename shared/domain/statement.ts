import type { Entry } from './entry.ts'
import type { VisibleResult } from './result-status.ts'

/** A statement of results: an entry, and the version of its result that its candidate may see. */
export interface Statement {
  readonly entry: Entry
  /** Absent where the directory does not have the centre. */
  readonly centreName?: string
  readonly result: Extract<VisibleResult, { version: object }>
}
