import { fromBatchItem } from '../../../shared/adapters/dynamo/email-batch-item.ts'
import { deliveryStatusOf } from '../../../shared/domain/delivery-status.ts'
import { batchPrefix, type Delivery } from '../../../shared/domain/email-batch.ts'
import { instant, type Recipients, releaseId } from './released-session.ts'
import type { MailSimulation } from './simulation.ts'

/** The state of a release's mails, by SES's own count and by the service's rows. */
export interface Outcome {
  readonly planned: number
  readonly accepted: number
  readonly unknown: number
  readonly failed: number
  readonly suppressed: number
  /** Mails still pending or claimed. */
  readonly unsettled: number
  /** Mails beyond the first to one recipient, counted at SES. */
  readonly duplicates: number
  /** Mails that SES accepted before the release instant. */
  readonly beforeInstant: number
  /** Number of recipients for whom SES accepted a mail. */
  readonly mailed: number
  /** Recipients without a row, or whose row disagrees with SES. */
  readonly astray: readonly string[]
}

/** Every mail of the release, or of its correction: the service's row, merged with the feedback received since. */
export const deliveriesIn = (simulation: MailSimulation, mailingId = releaseId): readonly Delivery[] =>
  [...simulation.rows('deliveries').all()]
    .filter((row) => String(row.scope).startsWith(`${mailingId}#`) && String(row.item).startsWith(batchPrefix))
    .flatMap((row) => {
      const { deliveries, feedback } = fromBatchItem(row)
      return deliveries.map(({ idNumber, ...delivery }, position) => ({
        idNumber,
        ...deliveryStatusOf(delivery, position, feedback),
      }))
    })

/** The figures that the guarantees refer to, for a release or its correction. */
export const outcomeOf = (
  simulation: MailSimulation,
  recipients: Recipients,
  mailingId = releaseId,
  notBefore: number = instant,
): Outcome => {
  const mails = simulation.accepted.filter(({ tags }) => tags.release === mailingId)
  const mailed = new Map<string, number>()
  for (const { to } of mails) mailed.set(to, (mailed.get(to) ?? 0) + 1)
  const deliveries = deliveriesIn(simulation, mailingId)
  const byId = Map.groupBy(deliveries, ({ idNumber }) => idNumber)
  const of = (state: string) => deliveries.filter((delivery) => delivery.state === state).length
  const astray = [...recipients].flatMap(([email, { idNumber }]) => {
    const rows = byId.get(idNumber) ?? []
    return rows.length === 1 && agrees(rows[0]?.state, mailed.get(email) ?? 0) ? [] : [`${idNumber} ${rows[0]?.state}`]
  })
  const strangers = [...mailed.keys()].filter((email) => !recipients.has(email))
  return {
    ...{ planned: deliveries.length, accepted: of('accepted'), unknown: of('unknown'), failed: of('failed') },
    ...{ suppressed: of('suppressed'), unsettled: of('pending') + of('claimed') },
    duplicates: mails.length - mailed.size,
    beforeInstant: mails.filter(({ at }) => at < notBefore).length,
    mailed: mailed.size,
    astray: [...astray, ...strangers],
  }
}

/** Whether a row agrees with SES, whose feedback on all accepted mails has arrived by now. */
const agrees = (state: string | undefined, mails: number): boolean => (state === 'accepted') === (mails === 1)

/** The violations of G4, as sentences; empty if there are none. */
export const violations = (outcome: Outcome, recipients: Recipients): readonly string[] => {
  const { planned, accepted, unknown, failed, suppressed, unsettled, duplicates, beforeInstant, astray } = outcome
  return [
    duplicates > 0 && `${duplicates} mails were sent to somebody who had one`,
    beforeInstant > 0 && `${beforeInstant} mails were sent before the instant`,
    unsettled > 0 && `${unsettled} mails are not settled`,
    planned !== recipients.size && `${planned} mails were planned for ${recipients.size} recipients`,
    planned !== accepted + unknown + failed + suppressed && 'the balance does not hold',
    astray.length > 0 && `${astray.length} recipients are astray, such as ${astray[0]}`,
  ].filter((broken) => broken !== false)
}
