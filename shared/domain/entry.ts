import type { Mode } from './catalogue.ts'

/** One candidate's place in one exam (table `entries`): one ID number is one entry. Its Secret number is kept beside it, never in it. */
export interface Entry {
  readonly idNumber: string
  /** Code in the catalogue. */
  readonly exam: string
  /** `YYYY-MM-DD`. */
  readonly dateTaken: string
  readonly mode: Mode
  readonly centreNumber: string
  readonly session: string
  /** Either name may be empty, not both. */
  readonly givenName: string
  readonly familyName: string
}
