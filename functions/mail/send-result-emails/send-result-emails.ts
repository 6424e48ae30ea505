import type { SendBatchMessage } from '../../../shared/contracts/messages.ts'
import { type AllowList, mayReceive } from '../../../shared/domain/allow-list.ts'
import { findExam } from '../../../shared/domain/catalogue.ts'
import {
  claimsLapseAfter,
  type Delivery,
  deliveryTag,
  type EmailBatch,
  positionsIn,
  type SuppressionReason,
  withDeliveries,
} from '../../../shared/domain/email-batch.ts'
import { isSessionOpen } from '../../../shared/domain/embargo.ts'
import { later } from '../../../shared/domain/time.ts'
import { resultMailValues } from '../../../shared/emails/result-mail.ts'
import type { Addressee, Addressees } from '../../../shared/ports/addressees.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { MailOutcome, Pacer, ResultMailer } from '../../../shared/ports/mailers.ts'
import type { Openings, Releases } from '../../../shared/ports/releases.ts'
import { MailInFlight, MailNotTaken } from '../../../shared/protocols/mail-faults.ts'

export interface SendResultEmailsPorts {
  readonly batches: EmailBatches
  readonly addressees: Addressees
  readonly releases: Pick<Releases, 'find'>
  readonly openings: Openings
  readonly mailer: ResultMailer
  readonly pacer: Pacer
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
  readonly allowList: AllowList
  readonly siteUrl: string
}

export type SendOutcome =
  /** Every mail of the batch is settled, by now or before. */
  { readonly outcome: 'settled'; readonly sent: number } | { readonly outcome: 'no-such-batch' }

/** The session is not open for this release, or no longer: nothing is claimed. */
export class ReleaseNotOpen extends Error {
  override readonly name = 'ReleaseNotOpen'
}

type Change = Omit<Delivery, 'idNumber'>

export type SendResultEmails = ReturnType<typeof sendResultEmails>

/**
 * Sends a batch of result mails (R51, G4), as many in one call as the pace allows. Claimed before the call and settled
 * after it; whatever may have been sent is `unknown` and never sent again by itself.
 */
export const sendResultEmails =
  (ports: SendResultEmailsPorts) =>
  async ({ scope, item, releaseId }: SendBatchMessage): Promise<SendOutcome> => {
    for (let sent = 0; ; ) {
      const batch = await ports.batches.find(scope, item)
      if (batch?.releaseId !== releaseId) return { outcome: 'no-such-batch' }
      if (positionsIn(batch, 'claimed').length > 0) await settleAbandoned(ports, batch)
      else if (positionsIn(batch, 'pending').length > 0) sent += await sendSlice(ports, batch)
      else return { outcome: 'settled', sent }
    }
  }

/** A claim that is not settled belongs to a sender at work, or to one that was killed and perhaps had sent. */
const settleAbandoned = async ({ batches, clock, newId }: SendResultEmailsPorts, batch: EmailBatch) => {
  if (clock.now() < later(batch.claimedAt ?? clock.now(), claimsLapseAfter)) throw new MailInFlight(batch.item)
  const unknown: Change = { state: 'unknown', reason: 'sender-killed' }
  const changes = new Map(positionsIn(batch, 'claimed').map((position) => [position, unknown]))
  const deliveries = withDeliveries(batch, changes)
  await batches.write({ ...batch, revision: batch.revision + 1, attempt: newId(), deliveries })
}

const sendSlice = async (ports: SendResultEmailsPorts, batch: EmailBatch): Promise<number> => {
  const { batches, pacer, mailer, clock, newId } = ports
  const slice = positionsIn(batch, 'pending').slice(0, await pacer.largestSlice())
  await pacer.take(slice.length)
  // Read after the wait, so that a hold and a change of mind count until the last moment (R09).
  await refuseUnlessOpen(ports, batch)
  const ids = slice.map((position) => batch.deliveries[position]?.idNumber ?? '')
  const addressees = await ports.addressees.find(ids)
  const intents = slice.map((position, index) => intentFor(ports, batch, position, addressees.get(ids[index] ?? '')))

  const claimed: EmailBatch = {
    ...batch,
    revision: batch.revision + 1,
    attempt: newId(),
    claimedAt: clock.now(),
    deliveries: withDeliveries(batch, new Map(intents.map(({ position, claim }) => [position, claim]))),
  }
  if ((await batches.write(claimed)) === 'lost') throw new MailInFlight(batch.item)
  const mails = intents.flatMap(({ position, mail }) => (mail ? [{ position, mail }] : []))
  if (mails.length === 0) return 0

  const { releaseId, language } = batch
  const outcomes = await mailer.send({ releaseId, language, mails: mails.map(({ mail }) => mail) })
  const changes = new Map(mails.map(({ position }, index) => [position, settledBy(outcomes[index])]))
  const settled = { ...claimed, revision: claimed.revision + 1, deliveries: withDeliveries(claimed, changes) }
  if ((await batches.write(settled)) === 'lost') throw new MailInFlight(batch.item)
  const notTaken = outcomes.find(({ outcome }) => outcome === 'not-taken')
  if (notTaken?.outcome === 'not-taken') throw new MailNotTaken(notTaken.reason)
  return outcomes.filter(({ outcome }) => outcome === 'accepted').length
}

const refuseUnlessOpen = async (
  { releases, openings, clock }: SendResultEmailsPorts,
  { session, releaseId }: EmailBatch,
) => {
  const [release, opening] = await Promise.all([releases.find(session), openings.find(session)])
  const isOpen = release?.releaseId === releaseId && isSessionOpen({ release, opening, now: clock.now() })
  if (!isOpen) throw new ReleaseNotOpen(session)
}

/** What is to become of one mail: sent, or not and why. */
const intentFor = (
  { allowList, siteUrl }: SendResultEmailsPorts,
  batch: EmailBatch,
  position: number,
  addressee: Addressee | undefined,
) => {
  const reason = suppressionOf(allowList, addressee)
  if (!addressee || reason)
    return { position, claim: { state: 'suppressed', reason: reason ?? 'account-reset' } as Change }
  const { name, exam, email } = addressee
  const variables = resultMailValues({ name, exam: findExam(exam)?.name ?? exam, siteUrl })
  if (!variables) return { position, claim: { state: 'failed', reason: 'blank-variable' } as Change }
  const mail = { to: email, delivery: deliveryTag(batch, position), variables }
  return { position, claim: { state: 'claimed' } as Change, mail }
}

const suppressionOf = (allowList: AllowList, addressee: Addressee | undefined): SuppressionReason | undefined => {
  if (!addressee) return 'account-reset'
  if (!addressee.emailOptIn) return 'opted-out'
  return mayReceive(allowList, addressee.email) ? undefined : 'not-on-allow-list'
}

const settledBy = (outcome: MailOutcome | undefined): Change => {
  switch (outcome?.outcome) {
    case 'accepted':
      return { state: 'accepted', messageId: outcome.messageId }
    case 'failed':
      return { state: 'failed', reason: outcome.reason }
    case 'not-taken':
      return { state: 'pending' }
    case 'unknown':
      return { state: 'unknown', reason: outcome.reason }
    case undefined:
      return { state: 'unknown', reason: 'no-answer' }
  }
}
