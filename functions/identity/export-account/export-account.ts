import type { Account } from '../../../shared/domain/account.ts'
import type { Entry } from '../../../shared/domain/entry.ts'
import type { Session } from '../../../shared/domain/session.ts'
import type { EpochMilliseconds } from '../../../shared/domain/time.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { Sessions } from '../../../shared/ports/sessions.ts'
import type { ListedResult, ListResults } from '../../../shared/protocols/list-results.ts'

export interface ExportAccountPorts {
  readonly listResults: ListResults
  readonly sessions: Pick<Sessions, 'find'>
  readonly clock: Pick<Clock, 'now'>
}

/** What is held about a candidate and can be found by who they are. */
export interface HeldAboutCandidate {
  readonly at: EpochMilliseconds
  readonly account: Account
  readonly entry: Entry
  /** The one that asks. Others are kept under the hash of a token that only their browser has. */
  readonly session: Session | undefined
  readonly results: readonly ListedResult[]
}

export type ExportAccount = (account: Account, sessionToken: string) => Promise<HeldAboutCandidate>

/** Gathers it; results as the results page would show them at this instant, so that no export is ahead of a release (R50). */
export const exportAccount =
  ({ listResults, sessions, clock }: ExportAccountPorts): ExportAccount =>
  async (account, sessionToken) => {
    const [results, session] = await Promise.all([listResults(account), sessions.find(sessionToken)])
    const [first] = results
    if (!first) throw new Error('an account has no entry')
    return { at: clock.now(), account, entry: first.entry, session, results }
  }
