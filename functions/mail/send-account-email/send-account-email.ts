import { mailKinds } from '../../../shared/contracts/mail.ts'
import { type AllowList, mayReceive } from '../../../shared/domain/allow-list.ts'
import { findExam } from '../../../shared/domain/catalogue.ts'
import type { Delivery, SuppressionReason } from '../../../shared/domain/email-batch.ts'
import { isLanguage } from '../../../shared/domain/language.ts'
import { later } from '../../../shared/domain/time.ts'
import { accountMail } from '../../../shared/emails/account-mail.ts'
import type { AccountEmail, AccountEmails } from '../../../shared/ports/account-emails.ts'
import type { Addressee, Addressees } from '../../../shared/ports/addressees.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { AccountMailer } from '../../../shared/ports/mailers.ts'
import { claimsLapseAfter, MailInFlight, MailNotTaken } from '../../../shared/protocols/mail-faults.ts'

export interface SendAccountEmailPorts {
  readonly emails: AccountEmails
  readonly addressees: Addressees
  readonly mailer: AccountMailer
  readonly clock: Pick<Clock, 'now'>
  readonly allowList: AllowList
  readonly siteUrl: string
}

export type SendOutcome =
  | { readonly outcome: 'accepted' | 'failed' | 'unknown' | 'suppressed'; readonly reason?: string }
  | { readonly outcome: 'settled-before' }

export type SendAccountEmail = ReturnType<typeof sendAccountEmail>

/**
 * Confirms a registration by mail (R11): claimed before the one call, settled after it, so that the event may come any
 * number of times. What may have been sent is never sent again.
 */
export const sendAccountEmail =
  (ports: SendAccountEmailPorts) =>
  async ({ eventId, idNumber }: { eventId: string; idNumber: string }): Promise<SendOutcome> => {
    const { emails, addressees, clock } = ports
    const addressee = (await addressees.find([idNumber])).get(idNumber)
    const kind = mailKinds.registrationConfirmation
    const email: AccountEmail = { eventId, kind, delivery: { idNumber, state: 'claimed' }, claimedAt: clock.now() }
    const claim = await emails.claim(email)
    if (claim.outcome === 'present') return settleBefore(ports, claim.email)

    const reason = suppressionOf(ports, addressee)
    if (!addressee || reason) return settle(ports, email, { state: 'suppressed', reason: reason ?? 'account-reset' })
    const sent = await ports.mailer.send({ to: addressee.email, kind, ...mailFor(ports, addressee) })
    switch (sent.outcome) {
      case 'accepted':
        return settle(ports, email, { state: 'accepted', messageId: sent.messageId })
      case 'failed':
      case 'unknown':
        return settle(ports, email, { state: sent.outcome, reason: sent.reason })
      case 'not-taken':
        await emails.giveUp(email)
        throw new MailNotTaken(sent.reason)
    }
  }

/** Delivered again: done already, or done by now, or left behind by a sender that was killed. */
const settleBefore = async ({ emails, clock }: SendAccountEmailPorts, email: AccountEmail): Promise<SendOutcome> => {
  if (email.delivery.state !== 'claimed') return { outcome: 'settled-before' }
  if (clock.now() < later(email.claimedAt, claimsLapseAfter)) throw new MailInFlight(email.eventId)
  await emails.settle(email, { ...email.delivery, state: 'unknown', reason: 'sender-killed' })
  return { outcome: 'unknown', reason: 'sender-killed' }
}

const suppressionOf = (
  { allowList }: SendAccountEmailPorts,
  addressee: Addressee | undefined,
): SuppressionReason | undefined => {
  if (!addressee) return 'account-reset'
  return mayReceive(allowList, addressee.email) ? undefined : 'not-on-allow-list'
}

const mailFor = ({ siteUrl }: SendAccountEmailPorts, { language, name, exam }: Addressee) =>
  accountMail('registration-confirmation', isLanguage(language) ? language : 'en', {
    name,
    exam: findExam(exam)?.name ?? exam,
    siteUrl,
  })

const settle = async (
  { emails }: SendAccountEmailPorts,
  email: AccountEmail,
  change: Omit<Delivery, 'idNumber' | 'state'> & { readonly state: 'accepted' | 'failed' | 'unknown' | 'suppressed' },
): Promise<SendOutcome> => {
  await emails.settle(email, { idNumber: email.delivery.idNumber, ...change })
  return { outcome: change.state, ...(change.reason !== undefined && { reason: change.reason }) }
}
