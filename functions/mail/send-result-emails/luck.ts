import type { MailOutcome } from '../../../shared/ports/mailers.ts'

/** Why a sender stops for now. */
export type Mishap = 'throttled' | 'daily-quota' | 'service-unavailable' | 'call-refused'

/** Calls in a row that SES refuses as too many before the rest is put aside. */
const throttlesBorne = 10
/** Single mails refused, without one that is taken, before it is the calls that are wrong and not the mails. */
const refusalsBorne = 3

/**
 * What a sender learns from its calls: whether to go on, and which batch holds a mail for which SES refuses the whole
 * call. The mails of such a batch go one by one until it is found.
 */
export const newLuck = () => {
  const suspects = new Set<string>()
  const takenFrom = new Set<string>()
  let throttles = 0
  let refusals = 0
  let lastRefusal = 'refused'
  let mishap: Mishap | undefined

  const refuse = (item: string, reason: string, calledAlone: boolean): boolean => {
    lastRefusal = reason
    suspects.add(item)
    if (!calledAlone) return false
    // Others of the batch were taken: it is this mail that is refused.
    if (takenFrom.has(item)) return true
    if (++refusals >= refusalsBorne) mishap = 'call-refused'
    return false
  }

  return {
    mishap: () => (throttles >= throttlesBorne ? 'throttled' : mishap),
    lastRefusal: () => lastRefusal,
    /** Which of the pending mails to try next. */
    choose(item: string, pending: readonly number[], mails: number): readonly number[] {
      if (!suspects.has(item)) return pending.slice(0, mails)
      const index = refusals % pending.length
      return pending.slice(index, index + 1)
    },
    /** Takes in what one call came to; true if its only mail is refused for good. */
    learn(item: string, results: readonly MailOutcome[]): boolean {
      if (results.some(({ outcome }) => outcome === 'accepted')) {
        takenFrom.add(item)
        throttles = 0
        refusals = 0
      }
      const obstacles = new Map(
        results.flatMap((result) => (result.outcome === 'not-taken' ? [[result.because, result.reason]] : [])),
      )
      if (obstacles.has('throttled')) throttles++
      if (obstacles.has('daily-quota')) mishap = 'daily-quota'
      if (obstacles.has('service')) mishap = 'service-unavailable'
      const refusal = obstacles.get('call')
      return refusal !== undefined && refuse(item, refusal, results.length === 1)
    },
  }
}
