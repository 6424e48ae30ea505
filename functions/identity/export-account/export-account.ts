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

/** All data held about a candidate that can be found by ID number. */
export interface HeldAboutCandidate {
  readonly at: EpochMilliseconds
  readonly account: Account
  readonly entry: Entry
  /** The calling session. Other sessions are stored under the hash of a token that only their browser has. */
  readonly session: Session | undefined
  readonly results: readonly ListedResult[]
}

export type ExportAccount = (account: Account, sessionToken: string) => Promise<HeldAboutCandidate>

/** Collects the data; results as the results page shows them at this instant, so that an export never precedes a release (R50). */
export const exportAccount =
  ({ listResults, sessions, clock }: ExportAccountPorts): ExportAccount =>
  async (account, sessionToken) => {
    const [results, session] = await Promise.all([listResults(account), sessions.find(sessionToken)])
    const [first] = results
    if (!first) throw new Error('an account has no entry')
    return { at: clock.now(), account, entry: first.entry, session, results }
  }
