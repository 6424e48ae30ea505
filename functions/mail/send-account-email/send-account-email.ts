import { mailKinds } from '../../../shared/contracts/mail.ts'
import { type AllowList, mayReceive } from '../../../shared/domain/allow-list.ts'
import { addressFingerprint } from '../../../shared/domain/email-address.ts'
import { claimTimeout, type Delivery } from '../../../shared/domain/email-batch.ts'
import { type EpochMilliseconds, later } from '../../../shared/domain/time.ts'
import type { AccountEmail, AccountEmails } from '../../../shared/ports/account-emails.ts'
import type { Addressee, Addressees } from '../../../shared/ports/addressees.ts'
import type { Clock } from '../../../shared/ports/clock.ts'
import type { NewId } from '../../../shared/ports/ids.ts'
import type { MailedAccounts } from '../../../shared/ports/mailed-accounts.ts'
import type { AccountMailer, PriorityRateLimiter } from '../../../shared/ports/mailers.ts'
import type { Pause } from '../../../shared/ports/pause.ts'
import { MailInFlight, MailNotTaken, pausesBeforeRedelivery } from '../../../shared/protocols/mail-faults.ts'
import { type AccountEventType, type Letter, lettersOf } from './letters.ts'

export interface SendAccountEmailPorts {
  readonly emails: AccountEmails
  readonly addressees: Addressees
  readonly accounts: MailedAccounts
  readonly mailer: AccountMailer
  readonly rateLimiter: PriorityRateLimiter
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
  readonly pause: Pause
  readonly allowList: AllowList
  readonly siteUrl: string
}

export interface AccountEvent {
  readonly eventId: string
  readonly type: AccountEventType
  readonly idNumber: string
  /** Of a request, ISO 8601 UTC. */
  readonly requestedAt?: string
}

export type SendOutcome =
  | { readonly outcome: 'accepted' | 'failed' | 'unknown' | 'suppressed'; readonly reason?: string }
  | { readonly outcome: 'settled-before' }

export type SendAccountEmail = (event: AccountEvent) => Promise<readonly SendOutcome[]>

/** Events that anybody can bring about for any ID, also one that nobody has: they leave no trace there. */
const byAnybody: ReadonlySet<AccountEventType> = new Set([
  'account-locked',
  'many-failures',
  'password-reset-requested',
])

/**
 * Sends the mails of one event about an account: each claimed before its one call and settled after it, so that the
 * event may come any number of times. What may have been sent is never sent again.
 */
export const sendAccountEmail =
  (ports: SendAccountEmailPorts): SendAccountEmail =>
  async (event) => {
    const { idNumber, type, eventId } = event
    const addressee = (await ports.addressees.find([idNumber])).get(idNumber)
    if (!addressee && byAnybody.has(type)) return [{ outcome: 'suppressed', reason: 'no-account' }]
    const outcomes: SendOutcome[] = []
    for (const letter of lettersOf[type]) outcomes.push(await sendLetter(ports, event, letter, addressee))
    if (type === 'email-changed') await ports.accounts.forgetFormerEmail(idNumber, eventId)
    return outcomes
  }

const sendLetter = async (
  ports: SendAccountEmailPorts,
  event: AccountEvent,
  letter: Letter,
  addressee: Addressee | undefined,
): Promise<SendOutcome> => {
  const { emails, clock, newId, allowList, siteUrl, accounts, rateLimiter } = ports
  // Before the claim and the token: a sender killed while it waits leaves no claim, and no older link is revoked in vain.
  if ((await rateLimiter.take()) === 'over-limit') throw new MailNotTaken('too many mails about accounts at once')
  const { eventId, type, idNumber } = event
  const kind = type === 'candidate-registered' ? mailKinds.registrationConfirmation : type
  const email: AccountEmail = {
    eventId: `${eventId}${letter.part}`,
    kind,
    delivery: { idNumber, state: 'claimed' },
    attempt: newId(),
    claimedAt: clock.now(),
  }
  const claim = await emails.claim(email)
  if (claim.outcome === 'present') return settleBefore(ports, claim.email)

  if (!addressee) return settle(ports, email, { state: 'suppressed', reason: 'account-reset' })
  const to = letter.to(addressee, eventId)
  if (to === undefined) return settle(ports, email, { state: 'suppressed', reason: 'superseded' })
  if (!mayReceive(allowList, to)) return settle(ports, email, { state: 'suppressed', reason: 'not-on-allow-list' })
  const desk = { siteUrl, accounts, outlast: outlast(ports) }
  const mail = await orGiveUp(ports, email, async () => letter.write(desk, addressee, event))
  if (!mail) return settle(ports, email, { state: 'suppressed', reason: 'superseded' })
  const mark = addressFingerprint(email.eventId, to)
  return send(ports, email, { to, kind, eventId: email.eventId, addressFingerprint: mark, ...mail })
}

const send = async (
  ports: SendAccountEmailPorts,
  email: AccountEmail,
  mail: Parameters<AccountMailer['send']>[0],
): Promise<SendOutcome> => {
  const sent = await ports.mailer.send(mail)
  switch (sent.outcome) {
    case 'accepted':
      return settle(ports, email, { state: 'accepted', messageId: sent.messageId })
    case 'failed':
    case 'unknown':
      return settle(ports, email, { state: sent.outcome, reason: sent.reason })
    case 'not-taken':
      await ports.emails.giveUp(email)
      throw new MailNotTaken(sent.reason)
  }
}

/** A mail that could not be written has certainly not been sent. */
const orGiveUp = async <Written>(
  { emails }: SendAccountEmailPorts,
  email: AccountEmail,
  write: () => Promise<Written>,
): Promise<Written> => {
  try {
    return await write()
  } catch (error) {
    await emails.giveUp(email)
    throw error
  }
}

/** Waits for another sender's call; the pauses in all are long for a call to the mail service. */
const outlast =
  ({ emails, clock, pause }: SendAccountEmailPorts) =>
  async (eventId: string): Promise<void> => {
    for (const milliseconds of [...pausesBeforeRedelivery, undefined]) {
      const email = await emails.find(eventId)
      if (!email || !mayBeSending(email, clock.now())) return
      if (milliseconds !== undefined) await pause(milliseconds)
    }
    throw new MailInFlight(eventId)
  }

/** Whoever claimed it has neither settled it nor been gone for long enough. */
const mayBeSending = (
  { state, claimedAt }: Pick<AccountEmail, 'claimedAt'> & Pick<Delivery, 'state'>,
  now: EpochMilliseconds,
): boolean => state === 'claimed' && now < later(claimedAt, claimTimeout)

/** Delivered again: done already, or done by now, or left behind by a sender that was killed. */
const settleBefore = async ({ emails, clock }: SendAccountEmailPorts, email: AccountEmail): Promise<SendOutcome> => {
  const { delivery, claimedAt } = email
  if (delivery.state !== 'claimed') return { outcome: 'settled-before' }
  if (mayBeSending({ ...delivery, claimedAt }, clock.now())) throw new MailInFlight(email.eventId)
  await emails.settle(email, { ...email.delivery, state: 'unknown', reason: 'sender-killed' })
  return { outcome: 'unknown', reason: 'sender-killed' }
}

const settle = async (
  { emails }: SendAccountEmailPorts,
  email: AccountEmail,
  change: Omit<Delivery, 'idNumber' | 'state'> & { readonly state: 'accepted' | 'failed' | 'unknown' | 'suppressed' },
): Promise<SendOutcome> => {
  await emails.settle(email, { idNumber: email.delivery.idNumber, ...change })
  return { outcome: change.state, ...(change.reason !== undefined && { reason: change.reason }) }
}
