import type { Account } from '../domain/account.ts'
import { type EmbargoFacts, isSessionHeld, isSessionOpen } from '../domain/embargo.ts'
import type { Entry } from '../domain/entry.ts'
import { statusByDate, type VisibleResult, visibleResult } from '../domain/result-status.ts'
import { expectedDates, type WindowRules } from '../domain/result-window.ts'
import type { Clock } from '../ports/clock.ts'
import type { Entries } from '../ports/entries.ts'
import type { ReleaseStates } from '../ports/release-states.ts'
import type { Results } from '../ports/results.ts'

export interface ListResultsPorts {
  readonly entries: Entries
  readonly results: Results
  readonly releaseStates: ReleaseStates
  readonly clock: Pick<Clock, 'now'>
  readonly windowRules: WindowRules
}

/** The status of one entry: by its dates until its result is visible, then by the result (R53). */
export interface ListedResult {
  readonly entry: Entry
  readonly expectedFrom: string
  readonly expectedTo: string
  readonly result: VisibleResult | { readonly status: 'awaited' | 'expected' | 'late' }
}

export type ListResults = (account: Pick<Account, 'idNumber'>) => Promise<readonly ListedResult[]>

/**
 * One element per entry of the account, whether or not a result is loaded. Results are not read before their session is
 * open, and each one read must still be sealed and opened (R50, G3).
 */
export const listResults =
  ({ entries, results, releaseStates, clock, windowRules }: ListResultsPorts): ListResults =>
  async ({ idNumber }) => {
    const entry = await entries.find(idNumber)
    if (!entry) throw new Error('an account has no entry')
    const facts = { ...(await releaseStates.of(entry.session)), now: clock.now() }
    const versions = isSessionOpen(facts) ? await results.versionsOf(idNumber) : []
    const ofThisSession = versions.filter(({ session }) => session === entry.session)
    const dates = expectedDates(entry, windowRules)
    return [{ entry, ...dates, result: visibleResult(ofThisSession, facts) ?? hiddenResult(dates, facts) }]
  }

/** A result that was visible and is on hold is shown as held, not as late (R53). */
const hiddenResult = (
  dates: { expectedFrom: string; expectedTo: string },
  facts: EmbargoFacts,
): ListedResult['result'] => (isSessionHeld(facts) ? { status: 'held' } : { status: statusByDate(dates, facts.now) })
