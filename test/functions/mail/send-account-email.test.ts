import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { sendAccountEmailHandler } from '../../../functions/mail/send-account-email/handler.ts'
import { type AccountEvent, sendAccountEmail } from '../../../functions/mail/send-account-email/send-account-email.ts'
import { minute } from '../../../shared/domain/time.ts'
import type { Addressee } from '../../../shared/ports/addressees.ts'
import type { AccountMailer } from '../../../shared/ports/mailers.ts'
import { manualClock } from '../../support/clock.ts'
import { inMemoryAccountEmails } from '../../support/in-memory/deliveries.ts'
import { type Fate, inMemoryMailService } from '../../support/in-memory/mail-service.ts'
import { inMemoryMailedAccounts } from '../../support/in-memory/mailed-accounts.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { recordingLog } from '../../support/log.ts'

const ana: Addressee = {
  idNumber: 'ABC123',
  email: 'ana@example.org',
  emailOptIn: false,
  language: 'es',
  name: 'Ana',
  exam: 'b2-first',
}
const event = { eventId: 'event-1', type: 'candidate-registered', idNumber: 'ABC123' } as const

/** As the account stands now. */
const withNewest = ({ newest }: ReturnType<typeof inMemoryMailedAccounts>, addressee: Addressee): Addressee => {
  const newestReset = newest.get(addressee.idNumber)
  return { ...addressee, ...(newestReset && { newestReset }) }
}

const fixture = (fateOf?: () => Fate, addressee: Addressee | undefined = ana) => {
  const emails = inMemoryAccountEmails()
  const mail = inMemoryMailService(fateOf)
  const clock = manualClock()
  const accounts = inMemoryMailedAccounts()
  const ports = {
    emails,
    addressees: { find: async () => new Map(addressee ? [[addressee.idNumber, withNewest(accounts, addressee)]] : []) },
    accounts,
    mailer: mail.accounts,
    rateLimiter: { take: async (): Promise<'granted' | 'over-limit'> => 'granted' },
    clock,
    newId: randomUUID,
    pause: async () => {},
    allowList: ['@example.org'],
    siteUrl: 'https://results.example.org',
  }
  const sendFor = (told: AccountEvent) => sendAccountEmail(ports)(told)
  const send = async () => (await sendFor(event))[0]
  return { emails, mail, clock, ports, accounts, sendFor, send, sent: mail.acceptedAccountMails }
}

let here: ReturnType<typeof fixture>
beforeEach(() => {
  here = fixture()
})

describe('the confirmation of a registration (R11)', () => {
  test('is sent in the stored language, whatever was chosen about result mails (R51), and contains no number (R41)', async () => {
    expect(await here.send()).toEqual({ outcome: 'accepted' })
    expect(here.sent).toMatchObject([
      { to: 'ana@example.org', kind: 'registration-confirmation', subject: 'Tu cuenta está lista' },
    ])
    expect(JSON.stringify(here.sent)).not.toContain('ABC123')
    expect(here.emails.rows.get('event-1')).toMatchObject({ delivery: { state: 'accepted', messageId: 'message-1' } })
  })

  test('is sent once, even if the event is delivered five times concurrently', async () => {
    await Promise.allSettled([here.send(), here.send(), here.send()])
    expect(await here.send()).toEqual({ outcome: 'settled-before' })
    expect(await here.send()).toEqual({ outcome: 'settled-before' })
    expect(here.sent).toHaveLength(1)
  })

  test('is retried later when over the limit of such mails, and leaves nothing behind until then', async () => {
    const answers: ('granted' | 'over-limit')[] = ['over-limit', 'granted']
    const send = sendAccountEmail({ ...here.ports, rateLimiter: { take: async () => answers.shift() ?? 'granted' } })
    await expect(send(event)).rejects.toMatchObject({ name: 'MailNotTaken' })
    expect(here.emails.rows.size).toBe(0)
    expect(here.sent).toHaveLength(0)
    expect(await send(event)).toEqual([{ outcome: 'accepted' }])
    expect(here.sent).toHaveLength(1)
  })

  test('is rate-limited once, before it is claimed', async () => {
    const claims: number[] = []
    const rateLimiter = {
      async take() {
        claims.push(here.emails.rows.size)
        return 'granted' as const
      },
    }
    await sendAccountEmail({ ...here.ports, rateLimiter })(event)
    expect(claims).toEqual([0])
  })

  test('is retried after throttling', async () => {
    let tries = 0
    here = fixture(() => (++tries === 1 ? 'throttled' : 'taken'))
    await expect(here.send()).rejects.toMatchObject({ name: 'MailNotTaken' })
    expect(here.emails.rows.size).toBe(0)
    expect(await here.send()).toEqual({ outcome: 'accepted' })
    expect(here.sent).toHaveLength(1)
  })

  test.each<[Fate, string]>([
    ['lost-after', 'unknown'],
    ['lost-before', 'unknown'],
    ['rejected', 'failed'],
  ])('that is %s is %s, and never sent again by itself', async (fate, outcome) => {
    here = fixture(() => fate)
    expect(await here.send()).toMatchObject({ outcome })
    expect(await here.send()).toEqual({ outcome: 'settled-before' })
    expect(here.mail.state.calls).toBe(1)
  })

  test('is not sent outside the allow-list, or to an account that was reset; the reason is recorded', async () => {
    here = fixture(undefined, { ...ana, email: 'ana@candidate.example' })
    expect(await here.send()).toEqual({ outcome: 'suppressed', reason: 'not-on-allow-list' })
    const reset = fixture()
    const ports = { ...reset.ports, addressees: { find: async () => new Map() } }
    expect(await sendAccountEmail(ports)(event)).toEqual([{ outcome: 'suppressed', reason: 'account-reset' }])
    expect([...here.sent, ...reset.sent]).toEqual([])
  })
})

describe('a sender that is killed at any call', () => {
  const killedAt = async (at: number, when: 'before' | 'after', mailerOf = (mailer: AccountMailer) => mailer) => {
    const there = fixture()
    const { mortal } = killAtCall(at, when)
    const ports = { ...there.ports, mailer: mailerOf(there.ports.mailer) }
    const doomed = { ...ports, emails: mortal(ports.emails), mailer: mortal(ports.mailer) }
    await sendAccountEmail(doomed)(event).catch(() => undefined)
    // At once again: a claim that is fresh may be of a sender at work.
    const atOnce = await sendAccountEmail(ports)(event).catch((error: Error) => error.name)
    expect(Array.isArray(atOnce) || atOnce === 'MailInFlight').toBe(true)
    there.clock.advance(3 * minute)
    await sendAccountEmail(ports)(event)
    return there
  }

  test('sends at most one mail, and leaves a settled row', async () => {
    for (const at of [1, 2, 3]) {
      for (const when of ['before', 'after'] as const) {
        const { sent, emails } = await killedAt(at, when)
        expect(sent.length).toBeLessThanOrEqual(1)
        expect(['accepted', 'unknown']).toContain(emails.rows.get('event-1')?.delivery.state)
      }
    }
  })

  test('broken variant: claiming after sending sends twice', async () => {
    const there = fixture()
    const { mortal } = killAtCall(1, 'after')
    const sendThenClaim = async (ports: typeof there.ports) => {
      await ports.mailer.send({
        to: ana.email,
        kind: 'k',
        eventId: 'e',
        addressFingerprint: 'm',
        subject: 's',
        text: 't',
        html: 'h',
      })
      await ports.emails.claim({
        eventId: 'event-1',
        kind: 'k',
        delivery: { idNumber: 'ABC123', state: 'accepted' },
        attempt: 'a',
        claimedAt: there.clock.now(),
      })
    }
    await sendThenClaim({ ...there.ports, mailer: mortal(there.ports.mailer) }).catch(() => undefined)
    await sendThenClaim(there.ports)
    expect(there.sent).toHaveLength(2)
  })
})

const about = (type: AccountEvent['type']): AccountEvent => ({
  ...{ eventId: 'event-2', type, idNumber: 'ABC123' },
  ...(type === 'password-reset-requested' && { requestedAt: '2026-11-23T09:00:00.000Z' }),
})
const tokenIn = (text: string | undefined) => /#token=([\w-]{43})/.exec(text ?? '')?.[1]

describe('the link to a new password (R30, R31)', () => {
  test('is made by the sender, sent to the current address, and has its token after the #', async () => {
    await here.sendFor(about('password-reset-requested'))
    const [mail] = here.sent
    expect(mail).toMatchObject({ to: 'ana@example.org', kind: 'password-reset-requested' })
    expect(mail?.text).toContain('https://results.example.org/reset-password#token=')
    expect(tokenIn(mail?.text)).toBe(here.accounts.issued.at(-1))
    expect(JSON.stringify([...here.emails.rows.values()])).not.toContain(tokenIn(mail?.text))
  })

  test('is made once, however often the event is delivered, so that no mailed link is invalidated', async () => {
    for (let times = 0; times < 3; times++) await here.sendFor(about('password-reset-requested'))
    expect(here.accounts.issued).toHaveLength(1)
    expect(here.sent).toHaveLength(1)
  })

  test('is a new one after throttling', async () => {
    let tries = 0
    here = fixture(() => (++tries === 1 ? 'throttled' : 'taken'))
    await expect(here.sendFor(about('password-reset-requested'))).rejects.toMatchObject({ name: 'MailNotTaken' })
    await here.sendFor(about('password-reset-requested'))
    expect(here.accounts.issued).toHaveLength(2)
    expect(here.sent.map(({ text }) => tokenIn(text))).toEqual([here.accounts.issued[1]])
  })

  test('releases its claim if the token cannot be stored', async () => {
    const issueResetToken = () => Promise.reject(new Error('throttled'))
    const ports = { ...here.ports, accounts: { ...here.accounts, issueResetToken } }
    await expect(sendAccountEmail(ports)(about('password-reset-requested'))).rejects.toThrow('throttled')
    expect(here.emails.rows.size).toBe(0)
  })
})

describe('several links requested by one person, with messages in one batch', () => {
  const asked = ['first', 'second', 'third'].map((eventId, index) => ({
    ...about('password-reset-requested'),
    ...{ eventId, requestedAt: `2026-11-23T09:00:0${index}.000Z` },
  }))

  test('are mailed one after the other without delay: the valid link is in the last mail (R31)', async () => {
    const pause = () => Promise.reject(new Error('waited'))
    const handler = sendAccountEmailHandler(
      sendAccountEmail({ ...here.ports, pause }),
      { count: () => undefined },
      recordingLog(),
    )
    const Records = asked.map(({ eventId, type, idNumber, requestedAt }) => ({
      messageId: eventId,
      body: JSON.stringify({
        ...{ id: 'bus-id', source: 'results-service', 'detail-type': type, time: '2026-12-01T09:00:00Z' },
        ...{ resources: [`event/${eventId}`], detail: { version: 1, idNumber, requestedAt } },
      }),
    }))
    expect(await handler({ Records } as never)).toEqual({ batchItemFailures: [] })
    expect(here.sent).toHaveLength(3)
    expect(tokenIn(here.sent.at(-1)?.text)).toBe(here.accounts.issued.at(-1))
  })

  test('are not mailed after a later one was', async () => {
    for (const event of [asked[1], asked[0], asked[2]] as AccountEvent[]) await here.sendFor(event)
    expect(here.accounts.issued).toHaveLength(2)
    expect(here.emails.rows.get('first')).toMatchObject({ delivery: { state: 'suppressed', reason: 'superseded' } })
    expect(here.sent.map(({ text }) => tokenIn(text))).toEqual(here.accounts.issued)
  })

  test('are each mailed where their requests were made at one instant, whatever the ids', async () => {
    for (const eventId of ['b', 'a', 'c']) await here.sendFor({ ...(asked[0] as AccountEvent), eventId })
    expect(here.accounts.issued).toHaveLength(3)
    expect(here.sent.map(({ text }) => tokenIn(text))).toEqual(here.accounts.issued)
  })
})

describe('a link requested while the mail of another is being sent', () => {
  const [earlier, later] = ['2026-11-23T09:00:00.000Z', '2026-11-23T09:00:00.001Z'].map((requestedAt, index) => ({
    ...about('password-reset-requested'),
    ...{ eventId: `request-${index}`, requestedAt },
  })) as [AccountEvent, AccountEvent]

  test('waits for that mail, then returns to the queue, and leaves the other link valid', async () => {
    const hanging = { ...here.ports, mailer: { send: () => new Promise<never>(() => {}) } }
    void sendAccountEmail(hanging)(earlier)
    await expect(here.sendFor(later)).rejects.toMatchObject({ name: 'MailInFlight' })
    expect(here.emails.rows.has('request-1')).toBe(false)
    expect(here.accounts.issued).toHaveLength(1)
    // The one that hung was killed.
    here.clock.advance(3 * minute)
    expect(await here.sendFor(later)).toEqual([{ outcome: 'accepted' }])
  })

  test('is redelivered if the account has changed since it was read', async () => {
    const issueResetToken = async () => undefined
    const ports = { ...here.ports, accounts: { ...here.accounts, issueResetToken } }
    await expect(sendAccountEmail(ports)(earlier)).rejects.toMatchObject({ name: 'MailInFlight' })
    expect(await here.sendFor(earlier)).toEqual([{ outcome: 'accepted' }])
  })
})

describe('an unknown ID', () => {
  test.each(['account-locked', 'many-failures', 'password-reset-requested'] as const)(
    'leaves no trace of %s (R27)',
    async (type) => {
      const ports = { ...here.ports, addressees: { find: async () => new Map() } }
      expect(await sendAccountEmail(ports)(about(type))).toEqual([{ outcome: 'suppressed', reason: 'no-account' }])
      expect([here.emails.rows.size, here.accounts.issued.length, here.sent.length]).toEqual([0, 0, 0])
    },
  )
})

describe('the owner of an account', () => {
  test.each(['account-locked', 'many-failures', 'password-changed'] as const)('is notified of %s', async (type) => {
    expect(await here.sendFor(about(type))).toEqual([{ outcome: 'accepted' }])
    expect(here.sent).toMatchObject([{ to: 'ana@example.org', kind: type }])
    expect(JSON.stringify(here.sent)).not.toContain('ABC123')
  })

  test('is notified at the old address of a change that the new one must confirm (R55)', async () => {
    here = fixture(undefined, { ...ana, pendingEmail: { address: 'new@example.org', eventId: 'event-2' } })
    expect(await here.sendFor(about('email-change-requested'))).toHaveLength(2)
    const mails = here.sent.map(({ to, text }) => [to, tokenIn(text)])
    expect(mails).toEqual([
      ['ana@example.org', undefined],
      ['new@example.org', here.accounts.issued[0]],
    ])
    expect(here.sent[1]?.text).toContain('/confirm-email#token=')
  })

  test('is asked to confirm an address by the mail of the request that named it, and by no earlier one', async () => {
    here = fixture(undefined, { ...ana, pendingEmail: { address: 'newer@example.org', eventId: 'event-3' } })
    const asked = about('email-change-requested')
    expect(await here.sendFor(asked)).toContainEqual({ outcome: 'suppressed', reason: 'superseded' })
    expect(await here.sendFor({ ...asked, eventId: 'event-3' })).toHaveLength(2)
    expect(here.accounts.issued).toHaveLength(1)
    expect(here.sent.map(({ to }) => to)).toEqual(['ana@example.org', 'ana@example.org', 'newer@example.org'])
  })

  test('gets no confirmation request at an address that is no longer pending', async () => {
    expect(await here.sendFor(about('email-change-requested'))).toContainEqual({
      outcome: 'suppressed',
      reason: 'superseded',
    })
    expect(here.sent.map(({ to }) => to)).toEqual(['ana@example.org'])
  })

  test('is notified at the old address that the new one is in force, and the old one is deleted (R55)', async () => {
    const formerEmail = { address: 'old@example.org', eventId: 'event-2' }
    here = fixture(undefined, { ...ana, formerEmail })
    await here.sendFor(about('email-changed'))
    expect(here.sent).toMatchObject([{ to: 'old@example.org', kind: 'email-changed' }])
    expect(here.accounts.forgotten).toEqual(['event-2'])
  })
})
