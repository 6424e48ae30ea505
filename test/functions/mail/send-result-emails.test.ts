import { beforeEach, describe, expect, test } from '@jest/globals'
import { sendResultEmails } from '../../../functions/mail/send-result-emails/send-result-emails.ts'
import type { SendWaveMessage } from '../../../shared/contracts/messages.ts'
import type { DeliveryState, EmailBatch } from '../../../shared/domain/email-batch.ts'
import type { Language } from '../../../shared/domain/language.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import { minute } from '../../../shared/domain/time.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type { RateLimiter, ResultMailer, Turn } from '../../../shared/ports/mailers.ts'
import type { Fate } from '../../support/in-memory/mail-service.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { mailFixture } from '../../support/mail-fixture.ts'
import { session } from '../../support/release-fixture.ts'
import { forEachSeed } from '../../support/simulation/seed.ts'
import { seededRandom } from '../../support/simulation/seeded-random.ts'

/** A released session, planned, its messages waiting. */
const planned = async (count: number, fateOf?: (mail: { to: string }) => Fate) => {
  const fixture = mailFixture(fateOf)
  const languages: readonly Language[] = ['en', 'es', 'it', 'fr', 'de']
  await fixture.load(count, (index) => ({ language: languages[index % 5] ?? 'en' }))
  const releaseId = await fixture.release()
  await fixture.announce(releaseId)
  await fixture.planAll()
  return { ...fixture, releaseId }
}
type Fixture = Awaited<ReturnType<typeof planned>>

const settled: readonly DeliveryState[] = ['accepted', 'unknown', 'failed', 'suppressed']
/** planned = accepted + unknown + failed + suppressed, and nothing is left in between. */
const expectBalance = (fixture: Fixture) => {
  expect(settled.reduce((sum, state) => sum + fixture.count(state), 0)).toBe(fixture.planned())
  expect(fixture.count('pending') + fixture.count('claimed')).toBe(0)
}
/** Mails of one candidate that the mail service accepted beyond the first. */
const duplicates = (fixture: Fixture) =>
  fixture.mail.accepted.length - new Set(fixture.mail.accepted.map(({ to }) => to)).size

describe('the mail about released results (R51)', () => {
  let fixture: Fixture
  beforeEach(async () => {
    fixture = await planned(200)
  })

  test('is sent to every recipient once, in their language, and to nobody else', async () => {
    await fixture.sendAll()
    expect(fixture.mail.accepted).toHaveLength(200)
    expect(duplicates(fixture)).toBe(0)
    expect(new Set(fixture.mail.accepted.map(({ language }) => language)).size).toBe(5)
    expectBalance(fixture)
  })

  test('contains a name, the exam and a link to the site, but no ID and no grade (R41)', async () => {
    await fixture.sendAll()
    const [mail] = fixture.mail.accepted
    expect(mail?.variables).toEqual({
      nameText: 'Ana',
      nameHtml: 'Ana',
      exam: 'B2 First',
      logInUrl: 'https://results.example.org/',
    })
    expect(mail?.delivery).toMatch(/^\d\d-000001-[a-z]{2}-\d\d-\d\d$/)
    expect(new Set(fixture.mail.accepted.map(({ delivery }) => delivery)).size).toBe(200)
  })

  test('is not sent after an opt-out or a reset, or outside the allow-list; each case is listed with the reason', async () => {
    fixture.changes.set('ID000001', { emailOptIn: false })
    fixture.changes.set('ID000002', { email: 'real@candidate.example' })
    fixture.changes.set('ID000003', { email: 'success@simulator.amazonses.com' })
    fixture.members.accounts.splice(4, 1)
    await fixture.sendAll()
    const suppressed = fixture
      .states()
      .filter(({ state }) => state === 'suppressed')
      .toSorted((a, b) => (a.idNumber < b.idNumber ? -1 : 1))
    expect(suppressed).toEqual([
      { idNumber: 'ID000001', state: 'suppressed', reason: 'opted-out' },
      { idNumber: 'ID000002', state: 'suppressed', reason: 'not-on-allow-list' },
      { idNumber: 'ID000004', state: 'suppressed', reason: 'account-reset' },
    ])
    expect(fixture.mail.accepted).toHaveLength(197)
    expectBalance(fixture)
  })

  test('is not claimed while the release is held; it waits without using up receives, and continues with the release', async () => {
    const row = fixture.releases.rows.get(session) as PlannedRelease
    fixture.releases.rows.set(session, { ...row, state: 'held' })
    const [message] = fixture.emails.splice(0) as [SendWaveMessage]
    expect(await fixture.send(message)).toEqual({ outcome: 'deferred', reason: 'release-not-open', sent: 0 })
    expect([fixture.count('pending'), fixture.mail.state.calls]).toEqual([200, 0])
    expect([fixture.emails, fixture.delays.at(-1)]).toEqual([[message], 900])
    fixture.releases.rows.set(session, row)
    await fixture.sendAll()
    expect(fixture.count('accepted')).toBe(200)
    expectBalance(fixture)
  })

  test('stops at the next call when the release is held during sending', async () => {
    const row = fixture.releases.rows.get(session) as PlannedRelease
    const mailer: ResultMailer = {
      async send(bulk) {
        fixture.releases.rows.set(session, { ...row, state: 'held' })
        return fixture.mail.results.send(bulk)
      },
    }
    const [message] = fixture.emails.splice(0) as [SendWaveMessage]
    expect(await sendResultEmails({ ...fixture.ports, mailer })(message)).toMatchObject({ reason: 'release-not-open' })
    // Two calls were under way; what they came to is written down.
    expect(fixture.mail.state.calls).toBe(2)
    expect([fixture.count('accepted'), fixture.count('claimed')]).toEqual([fixture.mail.accepted.length, 0])
  })

  test.each<[string, Partial<PlannedRelease>]>([
    ['is cancelled', { state: 'cancelled' }],
    ['has been replaced by another', { releaseId: 'another' }],
  ])('is suppressed for everybody, by name, where the release %s', async (_, changes) => {
    const row = fixture.releases.rows.get(session) as PlannedRelease
    fixture.releases.rows.set(session, { ...row, ...changes })
    await fixture.sendAll()
    expect(fixture.mail.state.calls).toBe(0)
    expect(fixture.states().every(({ reason }) => reason === 'release-cancelled')).toBe(true)
    expectBalance(fixture)
  })

  test('is not sent to addresses that bounced or complained', async () => {
    fixture.changes.set('ID000001', { emailBounced: true })
    fixture.changes.set('ID000002', { emailComplained: true })
    await fixture.sendAll()
    const reasons = fixture.states().flatMap(({ idNumber, reason }) => (reason ? [`${idNumber} ${reason}`] : []))
    expect(reasons.toSorted()).toEqual(['ID000001 bounced-before', 'ID000002 complained-before'])
    expectBalance(fixture)
  })

  test('goes out in slices as large as the rate limiter allows', async () => {
    const taken: number[] = []
    const rateLimiter: RateLimiter = {
      burst: async () => ({ calls: 1, mails: 3 }),
      async take(mails) {
        taken.push(mails)
        return { outcome: 'granted', inMilliseconds: 0 }
      },
    }
    const send = sendResultEmails({ ...fixture.ports, rateLimiter })
    for (const message of fixture.emails) await send(message)
    expect(Math.max(...taken)).toBe(3)
    expect(taken.reduce((sum, mails) => sum + mails, 0)).toBe(200)
    expectBalance(fixture)
  })

  test('is handed on when the sender’s shift is over, and when the day’s quota or the breaker stops it', async () => {
    const [message] = fixture.emails.splice(0) as [SendWaveMessage]
    const sendWith = (turn: Turn) =>
      sendResultEmails({ ...fixture.ports, rateLimiter: { ...fixture.ports.rateLimiter, take: async () => turn } })(
        message,
      )
    const reasonOf = async (turn: Turn) => ((await sendWith(turn)) as { reason?: string }).reason
    expect(await reasonOf({ outcome: 'granted', inMilliseconds: 3 * minute })).toBe('time-is-up')
    expect(await reasonOf({ outcome: 'stopped', reason: 'daily-quota' })).toBe('daily-quota')
    expect(await reasonOf({ outcome: 'stopped', reason: 'breaker' })).toBe('breaker')
    expect(fixture.delays.slice(-3)).toEqual([0, 900, 900])
    expect(fixture.emails).toEqual([message, message, message])
    expect(fixture.count('pending')).toBe(200)
  })

  test('waits for a distant time slot rather than reserving another one after it', async () => {
    const [message] = fixture.emails.splice(0) as [SendWaveMessage]
    const slow = {
      ...fixture.ports.rateLimiter,
      take: async () => ({ outcome: 'granted', inMilliseconds: 2 * minute }) as const,
    }
    const done = await sendResultEmails({ ...fixture.ports, rateLimiter: slow })(message)
    expect(done).toMatchObject({ outcome: 'settled' })
  })

  test('waits for as long as its turn was delayed, and is deferred where the breaker has stopped it meanwhile', async () => {
    const [message] = fixture.emails.splice(0) as [SendWaveMessage]
    const waits: number[] = []
    const timer = { now: () => 0, wait: async (milliseconds: number) => void waits.push(milliseconds) }
    const turns = (...[first, ...rest]: (number | 'breaker')[]): Turn => {
      if (first === 'breaker') return { outcome: 'stopped', reason: 'breaker' }
      const recheck = async () => turns(...rest)
      return { outcome: 'granted', inMilliseconds: first ?? 0, ...(rest.length > 0 && { recheck }) }
    }
    const sendWith = (...delays: (number | 'breaker')[]) =>
      sendResultEmails({
        ...fixture.ports,
        timer,
        rateLimiter: { ...fixture.ports.rateLimiter, take: async () => turns(...delays) },
      })(message)
    expect(await sendWith(400, 'breaker')).toMatchObject({ reason: 'breaker', sent: 0 })
    expect(await sendWith(400, 3 * minute)).toMatchObject({ reason: 'time-is-up', sent: 0 })
    expect(waits.splice(0)).toEqual([400, 400])
    expect(await sendWith(400, 300, 0)).toMatchObject({ outcome: 'settled' })
    expect(waits.slice(0, 3)).toEqual([400, 300, 0])
  })

  test('is recorded before a long wait for the next time slot', async () => {
    const waits: number[] = []
    const accepted: number[] = []
    const timer = {
      now: () => 0,
      async wait(milliseconds: number) {
        waits.push(milliseconds)
        accepted.push(fixture.count('accepted'))
      },
    }
    const rateLimiter: RateLimiter = {
      burst: async () => ({ calls: 1, mails: 49 }),
      take: async () => ({ outcome: 'granted', inMilliseconds: 15_000 }),
    }
    const [message] = fixture.emails as [SendWaveMessage]
    await sendResultEmails({ ...fixture.ports, rateLimiter, timer })(message)
    expect(waits.length).toBeGreaterThan(2)
    // After each wait, everything that was sent before it has been written.
    accepted.forEach((count, index) => {
      expect(count).toBe(40 * index)
    })
  })

  test('fails permanently for some addresses, and is throttled for others, who get it in a later call', async () => {
    const tries = new Map<string, number>()
    fixture = await planned(60, ({ to }) => {
      tries.set(to, (tries.get(to) ?? 0) + 1)
      if (to.includes('000007')) return 'rejected'
      return to.includes('000009') && tries.get(to) === 1 ? 'throttled' : 'taken'
    })
    await fixture.sendAll()
    expect(tries.get('id000009@example.org')).toBe(2)
    expect(fixture.states().find(({ idNumber }) => idNumber === 'ID000007')).toMatchObject({
      state: 'failed',
      reason: 'MESSAGE_REJECTED',
    })
    expect(fixture.count('accepted')).toBe(59)
    expectBalance(fixture)
  })

  test('that makes SES refuse the whole call is isolated, and ends as failed', async () => {
    fixture = await planned(60, ({ to }) => (to.includes('000007') ? 'poisonous' : 'taken'))
    await fixture.sendAll()
    expect(fixture.states().filter(({ state }) => state === 'failed')).toEqual([
      { idNumber: 'ID000007', state: 'failed', reason: 'BadRequestException' },
    ])
    expect(fixture.count('accepted')).toBe(59)
    expectBalance(fixture)
  })

  test('waits while SES refuses every call, and ends as failed after some hours', async () => {
    fixture = await planned(60, () => 'poisonous')
    for (let tries = 0; tries < 20; tries++) {
      await fixture.sendAll()
      expect(fixture.count('pending')).toBe(60)
      expect(fixture.delays.at(-1)).toBe(900)
      expect(fixture.emails).toHaveLength(1)
    }
    await fixture.sendAll()
    expect(fixture.states().every(({ state, reason }) => state === 'failed' && reason === 'BadRequestException')).toBe(
      true,
    )
    expectBalance(fixture)
  })

  test.each<[Fate, string]>([
    ['over-quota', 'daily-quota'],
    ['paused', 'service-unavailable'],
    ['throttled', 'throttled'],
  ])('waits, and nothing is lost, while SES answers that it is %s', async (fate, reason) => {
    let now: Fate = fate
    fixture = await planned(120, () => now)
    const [message] = fixture.emails.splice(0) as [SendWaveMessage]
    expect(await fixture.send(message)).toEqual({ outcome: 'deferred', reason, sent: 0 })
    expect(fixture.count('pending')).toBe(120)
    now = 'taken'
    await fixture.sendAll()
    expect(fixture.count('accepted')).toBe(120)
  })

  test('with a blank name fails alone, before the call', async () => {
    fixture.changes.set('ID000005', { name: ' ' })
    await fixture.sendAll()
    const failed = fixture.states().filter(({ state }) => state === 'failed')
    expect(failed).toEqual([{ idNumber: 'ID000005', state: 'failed', reason: 'blank-variable' }])
    expect(fixture.mail.accepted).toHaveLength(199)
    expectBalance(fixture)
  })

  test('that was not planned is not sent', async () => {
    expect(await fixture.send({ releaseId: fixture.releaseId, session, scope: 'x#00', wave: 'batch#000001-' })).toEqual(
      {
        outcome: 'no-such-wave',
      },
    )
  })
})

/** Runs all messages under faults, each until it is done: repeated after failures, duplicated, in any order. */
const runWithFaults = async (
  seed: number,
  senderOf: (fixture: Fixture) => typeof sendResultEmails = () => sendResultEmails,
): Promise<Fixture> => {
  const random = seededRandom(seed)
  const fateOf = (): Fate => {
    const draw = random.next()
    if (draw < 0.05) return 'throttled'
    if (draw < 0.06) return random.chance(0.5) ? 'lost-after' : 'lost-before'
    return 'taken'
  }
  const fixture = await planned(300, fateOf)
  const queue = fixture.emails.splice(0).flatMap((message) => (random.chance(0.05) ? [message, message] : [message]))
  for (let turns = 0; queue.length > 0; turns++) {
    expect(turns).toBeLessThan(20_000)
    const [message] = queue.splice(random.below(queue.length), 1)
    const { mortal } = killAtCall(
      random.chance(0.5) ? 1 + random.below(16) : undefined,
      random.chance(0.5) ? 'before' : 'after',
    )
    const ports = {
      ...fixture.ports,
      batches: mortal(fixture.ports.batches),
      mailer: mortal(fixture.ports.mailer),
      recipients: mortal(fixture.ports.recipients),
      queues: mortal(fixture.ports.queues),
    }
    try {
      await senderOf(fixture)(ports)(message as NonNullable<typeof message>)
    } catch {
      fixture.clock.advance(random.below(3 * minute))
      queue.push(message as NonNullable<typeof message>)
    }
    queue.push(...fixture.emails.splice(0))
  }
  return fixture
}

describe('under throttling, lost responses, kills, duplicates and in any order (G4)', () => {
  test('nobody is mailed twice, the counts add up, and possibly missed mails are listed as unknown', async () => {
    await forEachSeed(25, async (seed) => {
      const fixture = await runWithFaults(seed)
      expect(duplicates(fixture)).toBe(0)
      expectBalance(fixture)
      const mailed = new Set(fixture.mail.accepted.map(({ to }) => to))
      for (const { idNumber, state } of fixture.states()) {
        const wasMailed = mailed.has(`${idNumber.toLowerCase()}@example.org`)
        if (state === 'accepted') expect(wasMailed).toBe(true)
        if (!wasMailed) expect(state).toBe('unknown')
      }
    })
  })

  const duplicatesOf = async (broken: (fixture: Fixture) => typeof sendResultEmails) => {
    let seen = 0
    for (let seed = 1; seed <= 5; seed++) seen += duplicates(await runWithFaults(seed, broken))
    return seen
  }

  test('broken variant: send-then-mark mails somebody twice', async () => {
    const sendThenMark = () => (ports: Parameters<typeof sendResultEmails>[0]) => {
      // The claims are kept in memory and written with the outcomes.
      const kept = new Map<string, EmailBatch>()
      const batches: EmailBatches = {
        inWave: async (scope, wave) =>
          (await ports.batches.inWave(scope, wave)).map((batch) => kept.get(batch.item) ?? batch),
        async write(written) {
          const settled = written.filter(({ deliveries }) => !deliveries.some(({ state }) => state === 'claimed'))
          for (const batch of written) kept.set(batch.item, batch)
          for (const batch of settled) {
            const [stored] = await ports.batches.inWave(batch.scope, batch.item)
            await ports.batches.write([{ ...batch, revision: (stored?.revision ?? 0) + 1 }])
          }
          return 'written'
        },
      }
      return sendResultEmails({ ...ports, batches })
    }
    expect(await duplicatesOf(sendThenMark)).toBeGreaterThan(0)
  })

  test('broken variant: resending unknown mails mails somebody twice', async () => {
    const resend = () => (ports: Parameters<typeof sendResultEmails>[0]) => {
      const mailer: ResultMailer = {
        send: async (bulk) =>
          (await ports.mailer.send(bulk)).map((outcome) =>
            outcome.outcome === 'unknown'
              ? { outcome: 'not-taken', reason: outcome.reason, because: 'throttled' }
              : outcome,
          ),
      }
      return sendResultEmails({ ...ports, mailer })
    }
    expect(await duplicatesOf(resend)).toBeGreaterThan(0)
  })

  test('broken variant: SDK retries mail somebody twice', async () => {
    const threeAttempts = () => (ports: Parameters<typeof sendResultEmails>[0]) => {
      const mailer: ResultMailer = {
        async send(bulk) {
          let outcomes = await ports.mailer.send(bulk)
          for (let attempt = 2; attempt <= 3 && outcomes.some(({ outcome }) => outcome === 'unknown'); attempt++) {
            outcomes = await ports.mailer.send(bulk)
          }
          return outcomes
        },
      }
      return sendResultEmails({ ...ports, mailer })
    }
    expect(await duplicatesOf(threeAttempts)).toBeGreaterThan(0)
  })
})
