import type { Session } from '../domain/session.ts'

/** Candidates' sessions. The token is known to the candidate's client alone; what is stored cannot be turned back into it. */
export interface Sessions {
  /** Answers the new session's token: 256 random bits in base64url (43 characters). */
  begin(session: Session): Promise<string>
  /** Strongly consistent; also those that are over, until they are swept. */
  find(token: string): Promise<Session | undefined>
  /** Moves the idle end, and nothing else, of a session that is still there; does nothing if it has been ended. */
  extend(token: string, session: Session): Promise<void>
  /** Ends it at once; ending no session is fine. */
  end(token: string): Promise<void>
}
