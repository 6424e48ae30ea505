import type { EventType } from '../../../shared/contracts/events.ts'
import { isEarlier } from '../../../shared/domain/account-token.ts'
import { findExam } from '../../../shared/domain/catalogue.ts'
import { isLanguage } from '../../../shared/domain/language.ts'
import { accountMail } from '../../../shared/emails/account-mail.ts'
import type { RenderedMail } from '../../../shared/emails/document.ts'
import { confirmEmailUrl, newPasswordUrl } from '../../../shared/emails/links.ts'
import type { Addressee } from '../../../shared/ports/addressees.ts'
import type { MailedAccounts } from '../../../shared/ports/mailed-accounts.ts'
import { MailInFlight } from '../../../shared/protocols/mail-faults.ts'

/** The events that people are told of by a mail about their account. */
export type AccountEventType = Extract<
  EventType,
  | 'candidate-registered'
  | 'account-locked'
  | 'many-failures'
  | 'password-reset-requested'
  | 'password-changed'
  | 'email-change-requested'
  | 'email-changed'
>

/** One mail that an event gives rise to. */
export interface Letter {
  /** Sets it apart from another one of the same event. */
  readonly part: '' | '-notice'
  /** Undefined if there is no such address (any more). */
  readonly to: (addressee: Addressee, eventId: string) => string | undefined
  /** Undefined if it has been overtaken, and is not to be sent. Makes the link's token where there is one. */
  readonly write: (desk: Desk, addressee: Addressee, told: Told) => Promise<RenderedMail | undefined> | RenderedMail
}

/** What letters are written with. */
export interface Desk {
  readonly siteUrl: string
  readonly accounts: MailedAccounts
  /** Until the mail of this event is settled; throws `MailInFlight` if that takes too long. */
  readonly outlast: (eventId: string) => Promise<void>
}

/** What a letter has to know of its event. */
export interface Told {
  readonly eventId: string
  /** Of a request, ISO 8601 UTC. */
  readonly requestedAt?: string
}

const present = ({ email }: Addressee) => email
const languageOf = ({ language }: Addressee) => (isLanguage(language) ? language : 'en')

/** A letter to the address in force that says nothing but its text. */
const plain = (
  kind: 'account-locked' | 'many-failures' | 'password-changed' | 'email-change-notice' | 'email-changed',
): Letter => ({
  part: '',
  to: present,
  write: ({ siteUrl }, addressee) => accountMail(kind, languageOf(addressee), { name: addressee.name, siteUrl }),
})

/** The mails of each event, in the order in which they are sent. */
export const lettersOf: Readonly<Record<AccountEventType, readonly Letter[]>> = {
  'candidate-registered': [
    {
      part: '',
      to: present,
      write: ({ siteUrl }, addressee) =>
        accountMail('registration-confirmation', languageOf(addressee), {
          name: addressee.name,
          exam: findExam(addressee.exam)?.name ?? addressee.exam,
          siteUrl,
        }),
    },
  ],
  'account-locked': [plain('account-locked')],
  'many-failures': [plain('many-failures')],
  'password-changed': [plain('password-changed')],
  'password-reset-requested': [
    {
      part: '',
      to: present,
      async write({ siteUrl, accounts, outlast }, addressee, { eventId, requestedAt = '' }) {
        const { idNumber, email: address, newestReset: newest } = addressee
        const request = { requestedAt, eventId }
        if (newest && isEarlier(request, newest)) return undefined
        // Its link dies of this one, and must not be the last that arrives.
        if (newest && newest.eventId !== eventId) await outlast(newest.eventId)
        const token = await accounts.issueResetToken({ idNumber, request, address, after: newest })
        if (token === undefined) throw new MailInFlight('another link has been made, or mail goes elsewhere by now')
        const link = newPasswordUrl(siteUrl, token)
        return accountMail('password-reset-requested', languageOf(addressee), { name: addressee.name, link })
      },
    },
  ],
  'email-change-requested': [
    // The notice first: nobody confirms a change of which its owner has not been told.
    { ...plain('email-change-notice'), part: '-notice' },
    {
      part: '',
      to: ({ pendingEmail }, eventId) => (pendingEmail?.eventId === eventId ? pendingEmail.address : undefined),
      async write({ siteUrl, accounts }, addressee, { eventId }) {
        const { idNumber, name } = addressee
        const token = await accounts.issueEmailToken(idNumber, eventId)
        if (token === undefined) return undefined
        const link = confirmEmailUrl(siteUrl, token)
        return accountMail('email-change-requested', languageOf(addressee), { name, link })
      },
    },
  ],
  'email-changed': [
    {
      ...plain('email-changed'),
      to: ({ formerEmail }, eventId) => (formerEmail?.eventId === eventId ? formerEmail.address : undefined),
    },
  ],
}
