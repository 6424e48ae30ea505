import type { Injected } from '../../infra/local/seeded-faults.ts'
import type { Delivery } from '../../shared/domain/email-batch.ts'
import type { EmailTally } from '../../shared/domain/email-standing.ts'
import { isRecipient, type RehearsedCandidate } from './candidates.ts'

/** One promise, and whether it held. */
export interface Promised {
  readonly promise: string
  readonly held: boolean
  /** What was counted. */
  readonly told: string
}

/** The last line of a rehearsal (contracts, *Commands*). */
export interface Counts {
  readonly planned: number
  readonly accepted: number
  readonly unknown: number
  readonly failed: number
  readonly suppressed: number
  /** Mails beyond the first to one recipient, counted at the mail endpoint. */
  readonly duplicates: number
  /** Mails that the endpoint took before the instant. */
  readonly beforeInstant: number
  readonly injected: Readonly<Injected>
}

export interface Seen {
  readonly candidates: readonly RehearsedCandidate[]
  readonly deliveries: readonly Delivery[]
  /** Result mails as the endpoint took them: to whom, and when. */
  readonly mails: readonly { readonly to: string; readonly at: number }[]
  readonly instant: number
  /** What the service itself tells operators. */
  readonly report: Omit<EmailTally, 'pending' | 'complained'>
  readonly injected: Readonly<Injected>
}

export const countsOf = ({ deliveries, mails, instant, injected }: Seen): Counts => {
  const inState = (state: string) => deliveries.filter((delivery) => delivery.state === state).length
  return {
    ...{ planned: deliveries.length, accepted: inState('accepted'), unknown: inState('unknown') },
    ...{ failed: inState('failed'), suppressed: inState('suppressed') },
    duplicates: mails.length - new Set(mails.map(({ to }) => to)).size,
    beforeInstant: mails.filter(({ at }) => at < instant).length,
    injected,
  }
}

/** What guarantee G4 promises of a release at rest. */
export const mailPromises = (seen: Seen, counts: Counts): readonly Promised[] => {
  const { planned, accepted, unknown, failed, suppressed, duplicates, beforeInstant } = counts
  const recipients = seen.candidates.filter(isRecipient)
  const astray = recipientsAstray(seen, recipients)
  return [
    { promise: 'Nobody was mailed twice', held: duplicates === 0, told: `${duplicates} second mails at the endpoint` },
    { promise: 'Nobody was mailed before the instant', held: beforeInstant === 0, told: `${beforeInstant} mails` },
    {
      promise: 'Exactly those who opted in were planned',
      held: planned === recipients.length,
      told: `${planned} planned of ${recipients.length}`,
    },
    {
      promise: 'The balance holds',
      held: planned === accepted + unknown + failed + suppressed,
      told: `${planned} = ${accepted} accepted + ${unknown} unknown + ${failed} failed + ${suppressed} suppressed`,
    },
    {
      promise: 'The operators’ report says the same',
      held: (['planned', 'accepted', 'unknown', 'failed', 'suppressed'] as const).every(
        (what) => seen.report[what] === counts[what],
      ),
      told: `${seen.report.delivered} delivered, ${seen.report.bounced} came back`,
    },
    {
      promise: 'Everybody who was not mailed is listed',
      held: astray.length === 0,
      told: astray.length === 0 ? 'rows and endpoint agree' : `${astray.length} do not, such as ${astray[0]}`,
    },
  ]
}

/** Recipients without a row of their own, or whose row says what the endpoint does not; and mails to strangers. */
const recipientsAstray = ({ deliveries, mails }: Seen, recipients: readonly RehearsedCandidate[]): string[] => {
  const mailed = new Set(mails.map(({ to }) => to))
  const rows = Map.groupBy(deliveries, ({ idNumber }) => idNumber)
  const wanted = new Set(recipients.map(({ email }) => email))
  const wrong = recipients.filter(({ entry, email }) => {
    const [row, ...more] = rows.get(entry.idNumber) ?? []
    if (!row || more.length > 0) return true
    return (row.state === 'accepted') !== mailed.has(email)
  })
  return [...wrong.map(({ entry }) => entry.idNumber), ...[...mailed].filter((to) => !wanted.has(to))]
}
