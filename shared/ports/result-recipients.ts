import type { EmbargoFacts } from '../domain/embargo.ts'
import type { Addressee } from './addressees.ts'

/** What decides whether mails are sent, and to whom, as it was at one moment. */
export interface RecipientsSnapshot extends Pick<EmbargoFacts, 'release' | 'opening'> {
  /** IDs without an account or an entry are absent. */
  readonly addressees: ReadonlyMap<string, Addressee>
}

/** The recipients of a release's mails, read immediately before sending. */
export interface ResultRecipients {
  /** Release and opening of the session, and up to 49 candidates, strongly consistent, in one read. */
  read(session: string, idNumbers: readonly string[]): Promise<RecipientsSnapshot>
}
