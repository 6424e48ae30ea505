import type { Sessions } from '../../../shared/ports/sessions.ts'

export type LogOut = (token: string | undefined) => Promise<void>

/** Ends the session, if there is one. */
export const logOut =
  ({ sessions }: { sessions: Pick<Sessions, 'end'> }): LogOut =>
  async (token) => {
    if (token) await sessions.end(token)
  }
