import type { MailOutcome } from '../../../shared/ports/mailers.ts'

/** Why a sender stops working on its wave for now. */
export type StopReason = 'throttled' | 'daily-quota' | 'service-unavailable' | 'call-refused'

/** Throttled calls in a row after which the rest of the wave is deferred. */
const maxThrottledCalls = 10
/** Refused calls with a single mail, and none accepted, after which every call must be wrong rather than single mails. */
const maxRefusedCalls = 3

/**
 * Tracks the failed calls of one sender: decides when it has to stop, and finds the mail for which SES refuses a whole
 * call (a poison message) by sending the mails of its batch one by one.
 */
export const failureTracker = () => {
  const suspects = new Set<string>()
  const acceptedFrom = new Set<string>()
  let throttles = 0
  let refusals = 0
  let lastRefusal = 'refused'
  let stopReason: StopReason | undefined

  const refuse = (item: string, reason: string, calledAlone: boolean): boolean => {
    lastRefusal = reason
    suspects.add(item)
    if (!calledAlone) return false
    // Other mails of the batch were accepted, so it is this one that is refused.
    if (acceptedFrom.has(item)) return true
    if (++refusals >= maxRefusedCalls) stopReason = 'call-refused'
    return false
  }

  return {
    /** Undefined as long as the sender may go on. */
    stopReason: () => (throttles >= maxThrottledCalls ? 'throttled' : stopReason),
    lastRefusal: () => lastRefusal,
    /** Positions of the pending mails to send in the next call. */
    nextPositions(item: string, pending: readonly number[], mails: number): readonly number[] {
      if (!suspects.has(item)) return pending.slice(0, mails)
      const index = refusals % pending.length
      return pending.slice(index, index + 1)
    },
    /** Records the outcomes of one call; true if its only mail is refused for good. */
    record(item: string, results: readonly MailOutcome[]): boolean {
      if (results.some(({ outcome }) => outcome === 'accepted')) {
        acceptedFrom.add(item)
        throttles = 0
        refusals = 0
      }
      const obstacles = new Map(
        results.flatMap((result) => (result.outcome === 'not-taken' ? [[result.because, result.reason]] : [])),
      )
      if (obstacles.has('throttled')) throttles++
      if (obstacles.has('daily-quota')) stopReason = 'daily-quota'
      if (obstacles.has('service')) stopReason = 'service-unavailable'
      const refusal = obstacles.get('call')
      return refusal !== undefined && refuse(item, refusal, results.length === 1)
    },
  }
}
