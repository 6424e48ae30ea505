import type { Delivery, DeliveryState, Feedback, FeedbackKind } from './email-batch.ts'
import { day } from './time.ts'

/** How one mail stands: what its sender wrote down, and what was told of it since. */
export interface DeliveryStatus {
  readonly state: DeliveryState
  readonly reason?: string
}

const told: readonly FeedbackKind[] = ['sent', 'delivered', 'bounced', 'complained']

/** Whether the mail service has told anything that shows it took the mail. */
export const wasTaken = (position: number, feedback: Feedback = {}): boolean =>
  told.some((kind) => feedback[kind]?.has(position))

/**
 * What is to be believed of a mail (G4). What may have been sent was accepted if anything was told of it; what the mail
 * service took and then would not send has failed. Nothing else is changed by what is told.
 */
export const deliveryStatusOf = (
  { state, reason }: Pick<Delivery, 'state' | 'reason'>,
  position: number,
  feedback: Feedback = {},
): DeliveryStatus => {
  const mayHaveBeenSent = state === 'accepted' || state === 'claimed' || state === 'unknown'
  if (mayHaveBeenSent && feedback.rejected?.has(position))
    return { state: 'failed', reason: 'rejected-after-acceptance' }
  if (mayHaveBeenSent && wasTaken(position, feedback)) return { state: 'accepted' }
  return { state, ...(reason !== undefined && { reason }) }
}

/** A release's mails, counted; planned = pending + accepted + unknown + failed + suppressed. */
export interface EmailTally {
  readonly planned: number
  /** Not settled yet: waiting, or being sent. */
  readonly pending: number
  readonly accepted: number
  readonly unknown: number
  readonly failed: number
  readonly suppressed: number
  /** Of the accepted ones; a mail may come back after it was delivered, and then counts as bounced. */
  readonly delivered: number
  readonly bounced: number
  readonly complained: number
}

/** One batch, as far as it is counted. */
export interface CountedBatch {
  readonly outcomes: readonly Pick<Delivery, 'state' | 'reason'>[]
  readonly feedback?: Feedback | undefined
}

/** Counts batch by batch, and how often each reason stands. */
export const emailTally = () => {
  const counts = {
    ...{ planned: 0, pending: 0, accepted: 0, unknown: 0, failed: 0, suppressed: 0 },
    ...{ delivered: 0, bounced: 0, complained: 0 },
  }
  const reasons: Record<string, number> = {}
  return {
    counts: counts as EmailTally,
    reasons: reasons as Readonly<Record<string, number>>,
    add({ outcomes, feedback = {} }: CountedBatch): void {
      outcomes.forEach((outcome, position) => {
        const { state, reason } = deliveryStatusOf(outcome, position, feedback)
        counts.planned++
        counts[state === 'claimed' ? 'pending' : state]++
        if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1
        if (state !== 'accepted') return
        if (feedback.bounced?.has(position)) counts.bounced++
        else if (feedback.delivered?.has(position)) counts.delivered++
        if (feedback.complained?.has(position)) counts.complained++
      })
    },
  }
}

/** What a breaker judges by: mails of which something was told, and how many of them went wrong. */
export interface MailHealth {
  readonly told: number
  readonly bounced: number
  readonly complained: number
}

/** SES puts an account under review at 5 % bounces or 0.1 % complaints; below so many mails a share says nothing. */
const breaker = { after: 200, bounced: 0.04, complained: 0.0008 } as const

/** Whether sending has to stop before SES stops all mail of the account (G4). */
export const isUnhealthy = ({ told: all, bounced, complained }: MailHealth): boolean =>
  all >= breaker.after && (bounced / all >= breaker.bounced || complained / all >= breaker.complained)

/** What was unknown for so long may be sent again by an operator's decision: SES tells of a mail within hours or never. */
export const resendAfter = day
