import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { type AccountEvent, sendAccountEmail } from '../../functions/mail/send-account-email/send-account-email.ts'
import { later, minute, second, toIso } from '../../shared/domain/time.ts'
import { inMemoryAccountEmails } from '../support/in-memory/deliveries.ts'
import { inMemoryMailedAccounts } from '../support/in-memory/mailed-accounts.ts'
import { forEachSeed } from '../support/simulation/seed.ts'
import { seededRandom } from '../support/simulation/seeded-random.ts'
import { virtualTime } from '../support/simulation/virtual-time.ts'

/**
 * Of several reset links requested by one person, only the newest is valid (R31). Their messages overtake each other on the
 * bus and in the queue, are delivered twice, and are processed by independent senders; the mail of an earlier request
 * must never be sent after that of a later request.
 */

const seeds = 300
const requests = ['request-1', 'request-2', 'request-3']

type Ports = Parameters<typeof sendAccountEmail>[0]
type LinkPorts = Pick<Ports, 'emails' | 'accounts' | 'addressees'>

/** Two to three requests within seconds; mails as they were accepted, and the link that is good in the end. */
const schedule = async (seed: number, changed: (ports: LinkPorts) => LinkPorts = (ports) => ports) => {
  const random = seededRandom(seed)
  const time = virtualTime()
  const wait = (milliseconds: number) => new Promise<void>((resolve) => time.after(milliseconds, resolve))
  const emails = inMemoryAccountEmails()
  const accounts = inMemoryMailedAccounts()
  const mails: { eventId: string; token: string | undefined }[] = []
  const isFaulty = random.chance(0.5)

  /** A sender of its own: each of its calls takes its time, and at any of them it may be killed. */
  const sender = () => {
    const life = { isOver: false }
    const slow = <Port extends object>(port: Port, longest: number): Port =>
      new Proxy(port, {
        get: (target, name) => {
          const method = (target as Readonly<Record<string | symbol, unknown>>)[name]
          if (typeof method !== 'function') return method
          return async (...parameters: unknown[]) => {
            await wait(random.between(1, longest))
            if (isFaulty && random.chance(0.03)) life.isOver = true
            if (life.isOver) return new Promise(() => {})
            const answer = await method.apply(target, parameters)
            await wait(random.between(1, longest))
            return answer
          }
        },
      })
    const addressee = {
      ...{ idNumber: 'ABC123', email: 'ana@example.org', emailOptIn: false, language: 'es', name: 'Ana' },
      exam: 'b2-first',
    }
    const addressees = {
      find: async () => {
        const newestReset = accounts.newest.get('ABC123')
        return new Map([['ABC123', { ...addressee, ...(newestReset && { newestReset }) }]])
      },
    }
    const ports = changed({ emails, accounts, addressees })
    const mailer: Ports['mailer'] = {
      async send({ eventId, text }) {
        if (isFaulty && random.chance(0.1)) return { outcome: 'not-taken', reason: 'T', because: 'throttled' }
        mails.push({ eventId, token: /#token=([\w-]{43})/.exec(text)?.[1] })
        return { outcome: 'accepted', messageId: `message-${mails.length}` }
      },
    }
    const send = sendAccountEmail({
      emails: slow(ports.emails, 20),
      accounts: slow(ports.accounts, 20),
      addressees: slow(ports.addressees, 20),
      // Now and then the mail service takes longer than anybody waits.
      mailer: slow(mailer, random.chance(0.2) ? 5 * second : 200),
      clock: time,
      rateLimiter: { take: async () => 'granted' },
      newId: randomUUID,
      pause: wait,
      allowList: ['*'],
      siteUrl: 'https://results.example.org',
    })
    return send
  }

  /** As the queue does it: what throws, or does not answer, comes again after a minute, five times in all. */
  const deliver = async (event: AccountEvent, receives = 1): Promise<void> => {
    const done = await Promise.race([
      sender()(event).then(
        () => true,
        () => false,
      ),
      wait(30 * second).then(() => false),
    ])
    if (done || receives === 5) return
    await wait(minute)
    return deliver(event, receives + 1)
  }

  const asked = requests.slice(0, 2 + random.below(2))
  let askedAfter = 0
  const ends = asked.flatMap((eventId) => {
    askedAfter += random.between(1, 300)
    const requestedAt = toIso(later(time.now(), Math.floor(askedAfter)))
    const event: AccountEvent = { eventId, type: 'password-reset-requested', idNumber: 'ABC123', requestedAt }
    const copies = random.chance(0.2) ? 2 : 1
    return Array.from({ length: copies }, () => wait(askedAfter + random.between(0, 500)).then(() => deliver(event)))
  })
  let isOver = false
  void Promise.all(ends).then(() => {
    isOver = true
  })
  await time.run(() => isOver)
  return { asked, mails, isFaulty, newest: accounts.issued.at(-1) }
}

type Played = Awaited<ReturnType<typeof schedule>>

/** What was mailed after a mail of a later request. */
const overtaken = ({ mails }: Played) =>
  mails.filter(({ eventId }, index) => mails.slice(0, index).some((before) => before.eventId > eventId))

const expectInOrder = (played: Played) => {
  expect(overtaken(played)).toEqual([])
  expect(new Set(played.mails.map(({ eventId }) => eventId)).size).toBe(played.mails.length)
  if (played.isFaulty) return
  expect(played.mails.at(-1)).toEqual({ eventId: played.asked.at(-1), token: played.newest })
}

describe('links requested within seconds, sent by concurrent senders', () => {
  test(`are mailed in the order of the requests, each once, and the last mail has the link that works, in ${seeds} schedules`, async () => {
    let suppressed = 0
    await forEachSeed(seeds, async (seed) => {
      const played = await schedule(seed)
      expectInOrder(played)
      if (played.mails.length < played.asked.length) suppressed++
    })
    expect(suppressed).toBeGreaterThan(0)
  })

  const beforeAny = { requestedAt: '', eventId: '', tokenHash: '' }
  /** Each must be detected by at least one schedule. */
  const broken: Record<string, (ports: LinkPorts) => LinkPorts> = {
    'that nobody puts in order': ({ emails, accounts, addressees }) => ({
      emails,
      addressees: {
        async find(ids) {
          const found = await addressees.find(ids)
          return new Map([...found].map(([id, addressee]) => [id, { ...addressee, newestReset: beforeAny }]))
        },
      },
      accounts: {
        ...accounts,
        // As it was read a moment ago: whoever writes last wins.
        issueResetToken: async (link) => accounts.issueResetToken({ ...link, after: await newestOf(addressees) }),
      },
    }),
    'whose senders do not wait for each other': (ports) => ({
      ...ports,
      emails: { ...ports.emails, find: async () => undefined },
    }),
    'that are written without looking whether another was made meanwhile': ({ emails, accounts, addressees }) => ({
      emails,
      addressees,
      accounts: {
        ...accounts,
        issueResetToken: async (link) => accounts.issueResetToken({ ...link, after: await newestOf(addressees) }),
      },
    }),
  }
  const newestOf = async (addressees: LinkPorts['addressees']) =>
    (await addressees.find(['ABC123'])).get('ABC123')?.newestReset

  test.each(Object.keys(broken))('%s arrive in the wrong order (negative control)', async (name) => {
    let caught = 0
    await forEachSeed(seeds, async (seed) => {
      if (overtaken(await schedule(seed, broken[name])).length > 0) caught++
    })
    expect(caught).toBeGreaterThan(0)
  })
})
