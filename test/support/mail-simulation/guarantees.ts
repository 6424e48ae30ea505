import { fromBatchItem } from '../../../shared/adapters/dynamo/email-batch-item.ts'
import { batchPrefix, type Delivery } from '../../../shared/domain/email-batch.ts'
import { standingOf } from '../../../shared/domain/email-standing.ts'
import { instant, type Recipients, releaseId } from './released-session.ts'
import type { MailSimulation } from './simulation.ts'

/** How a release's mails stand, by SES's own count and by the service's rows. */
export interface Outcome {
  readonly planned: number
  readonly accepted: number
  readonly unknown: number
  readonly failed: number
  readonly suppressed: number
  /** Neither pending nor claimed is at rest. */
  readonly unsettled: number
  /** Mails beyond the first to one recipient, counted at SES. */
  readonly duplicates: number
  /** Mails that SES took before the instant. */
  readonly beforeInstant: number
  /** To whom SES took a mail. */
  readonly mailed: number
  /** Recipients of whom no row tells, or whose row says what SES does not. */
  readonly astray: readonly string[]
}

/** Every mail of the release, or of its correction, as the service's rows have it and what was told of it since. */
export const deliveriesIn = (simulation: MailSimulation, mailingId = releaseId): readonly Delivery[] =>
  [...simulation.rows('deliveries').all()]
    .filter((row) => String(row.scope).startsWith(`${mailingId}#`) && String(row.item).startsWith(batchPrefix))
    .flatMap((row) => {
      const { deliveries, feedback } = fromBatchItem(row)
      return deliveries.map(({ idNumber, ...delivery }, position) => ({
        idNumber,
        ...standingOf(delivery, position, feedback),
      }))
    })

/** Counts what the promises are about, of a release or of its correction. */
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

/** Whether a row says of a mail what SES knows of it: of what it took it has told by now. */
const agrees = (state: string | undefined, mails: number): boolean => (state === 'accepted') === (mails === 1)

/** The promises of G4, broken ones told; empty if all hold. */
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
