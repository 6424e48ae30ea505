import type { Injected } from '../../infra/local/seeded-faults.ts'
import type { EmailTally } from '../../shared/domain/delivery-status.ts'
import type { Delivery } from '../../shared/domain/email-batch.ts'
import { isRecipient, type RehearsedCandidate } from './candidates.ts'

/** One guarantee, and whether it held. */
export interface GuaranteeCheck {
  readonly guarantee: string
  readonly held: boolean
  /** The numbers that show it. */
  readonly evidence: string
}

/** The last line of a rehearsal (contracts, *Commands*). */
export interface Counts {
  readonly planned: number
  readonly accepted: number
  readonly unknown: number
  readonly failed: number
  readonly suppressed: number
  /** Mails after the first to the same recipient, counted at the mail endpoint. */
  readonly duplicates: number
  /** Mails that the endpoint accepted before the release instant. */
  readonly beforeInstant: number
  readonly injected: Readonly<Injected>
}

export interface Seen {
  readonly candidates: readonly RehearsedCandidate[]
  readonly deliveries: readonly Delivery[]
  /** Result mails as the endpoint accepted them: recipient and instant. */
  readonly mails: readonly { readonly to: string; readonly at: number }[]
  readonly instant: number
  /** The service's own report to operators. */
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

/** What guarantee G4 states about a finished release. */
export const mailGuarantees = (seen: Seen, counts: Counts): readonly GuaranteeCheck[] => {
  const { planned, accepted, unknown, failed, suppressed, duplicates, beforeInstant } = counts
  const recipients = seen.candidates.filter(isRecipient)
  const astray = recipientsAstray(seen, recipients)
  return [
    { guarantee: 'No candidate is mailed twice', held: duplicates === 0, evidence: `${duplicates} duplicate mails` },
    {
      guarantee: 'No mail is sent before the release instant',
      held: beforeInstant === 0,
      evidence: `${beforeInstant} mails`,
    },
    {
      guarantee: 'A mail is planned for exactly the candidates who chose mails',
      held: planned === recipients.length,
      evidence: `${planned} planned for ${recipients.length}`,
    },
    {
      guarantee: 'The counts add up',
      held: planned === accepted + unknown + failed + suppressed,
      evidence: `${planned} = ${accepted} accepted + ${unknown} unknown + ${failed} failed + ${suppressed} suppressed`,
    },
    {
      guarantee: 'The operators’ report has the same counts',
      held: (['planned', 'accepted', 'unknown', 'failed', 'suppressed'] as const).every(
        (what) => seen.report[what] === counts[what],
      ),
      evidence: `${seen.report.delivered} delivered, ${seen.report.bounced} bounced`,
    },
    {
      guarantee: 'Every candidate without a mail is listed',
      held: astray.length === 0,
      evidence:
        astray.length === 0 ? 'table and sent mails agree' : `${astray.length} candidates differ, such as ${astray[0]}`,
    },
  ]
}

/** Recipients with no or several rows, recipients whose row disagrees with the sent mails, and unexpected addressees. */
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
