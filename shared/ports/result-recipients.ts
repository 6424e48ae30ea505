import type { EmbargoFacts } from '../domain/embargo.ts'
import type { Addressee } from './addressees.ts'

/** Everything that decides whether mails go out, and to whom. */
export interface RecipientsLook extends Pick<EmbargoFacts, 'release' | 'opening'> {
  /** IDs without an account or an entry are absent. */
  readonly addressees: ReadonlyMap<string, Addressee>
}

/** Who the mails of a release go to, read at the last moment. */
export interface ResultRecipients {
  /** Release and opening of the session, and up to 49 candidates, strongly consistent, in one read. */
  look(session: string, idNumbers: readonly string[]): Promise<RecipientsLook>
}
