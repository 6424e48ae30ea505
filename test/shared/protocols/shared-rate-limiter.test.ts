import { describe, expect, test } from '@jest/globals'
import { second } from '../../../shared/domain/time.ts'
import type { PriorityRateLimiter, RateLimiter, Turn } from '../../../shared/ports/mailers.ts'
import type { SendRate } from '../../../shared/ports/send-rate.ts'
import { priorityRateLimiter } from '../../../shared/protocols/priority-rate-limiter.ts'
import { sharedRateLimiter } from '../../../shared/protocols/shared-rate-limiter.ts'
import { inMemorySendRate } from '../../support/in-memory/send-rate.ts'
import { seededRandom } from '../../support/simulation/seeded-random.ts'
import { virtualTime } from '../../support/simulation/virtual-time.ts'

/** SES as it is understood: a second's worth may be saved up, and a call may overdraw it once. */
const enforcedQuota = (rate: number, now: () => number) => {
  let saved = rate
  let at = now()
  return (mails: number): 'taken' | 'throttled' => {
    saved = Math.min(rate, saved + ((now() - at) / second) * rate)
    at = now()
    if (saved < Math.min(1, mails)) return 'throttled'
    saved -= mails
    return 'taken'
  }
}

interface Run {
  readonly rate: number
  readonly senders: number
  readonly seconds: number
  readonly headroom?: number
  readonly sendRate?: SendRate
  readonly rateLimiterOf?: (rateLimiter: RateLimiter) => RateLimiter
  readonly accounts?: AccountMails
}

/** Account mails, which come at random. */
interface AccountMails {
  /** Of the rate. */
  readonly share: number
  /** Seconds after which they start. */
  readonly from?: number
  readonly rateLimiterOf?: (rateLimiter: PriorityRateLimiter) => PriorityRateLimiter
}

/** As many processes as run at once, with as many messages. */
const accountSenders = 5
const accountMessages = 10

/** Senders with a rateLimiter each, whose calls take as long as calls do, for some seconds; then the account of it. */
const run = async ({
  rate,
  senders,
  seconds,
  headroom = 2_000,
  sendRate = inMemorySendRate(),
  rateLimiterOf = (p) => p,
  accounts = { share: 0 },
}: Run) => {
  const time = virtualTime()
  const random = seededRandom(rate + senders)
  const start = time.now()
  const isOver = () => time.now() - start >= seconds * second
  const wait = (milliseconds: number) => new Promise<void>((wake) => time.after(milliseconds, wake))
  const timer = { now: time.now, wait }
  const take = enforcedQuota(rate, time.now)
  const told = { results: 0, accounts: 0 }
  const throttled = { results: 0, accounts: 0 }
  let [underWay, overLimit, longest] = [0, 0, 0]
  const call = (of: 'results' | 'accounts', mails: number) => {
    if (take(mails) === 'taken') told[of] += mails
    else throttled[of]++
  }
  const quota = { read: async () => ({ rate, leftToday: Number.POSITIVE_INFINITY }) }
  const comeTo = async (turn: Turn): Promise<boolean> => {
    if (turn.outcome === 'stopped') return false
    await wait(turn.inMilliseconds)
    if (!turn.recheck) return true
    await wait(random.between(1, 10))
    return comeTo(await turn.recheck())
  }
  const send = async () => {
    const rateLimiter = rateLimiterOf(sharedRateLimiter({ sendRate, quota, timer, headroom }))
    // Not all at once.
    await wait(random.below(50))
    while (!isOver()) {
      const { calls, mails } = await rateLimiter.burst()
      if (!(await comeTo(await rateLimiter.take(calls * mails, 'release')))) return
      // Reading and claiming.
      await wait(15 + random.below(25))
      if (isOver()) return
      for (let made = 0; made < calls; made++) call('results', mails)
      await wait(80 + random.below(120))
    }
  }
  const warn = (fault: unknown) => {
    throw fault
  }
  const pause = (milliseconds: number) => wait(milliseconds * (0.5 + random.next() / 2))
  const rateLimiters = Array.from({ length: accountSenders }, () =>
    priorityRateLimiter({ sendRate, quota, timer, pause, warn }),
  )
  const sendAccountMail = async (rateLimiter: PriorityRateLimiter) => {
    const began = time.now()
    // The queue keeps it.
    if (underWay >= accountSenders * accountMessages) return
    underWay++
    if ((await (accounts.rateLimiterOf ?? ((p) => p))(rateLimiter).take()) === 'over-limit') {
      overLimit++
      underWay--
      return
    }
    longest = Math.max(longest, time.now() - began)
    // Claiming, and making a link.
    await wait(random.between(6, 24))
    if (!isOver()) call('accounts', 1)
    underWay--
  }
  const people = async () => {
    await wait((accounts.from ?? 0) * second)
    while (!isOver()) {
      await wait((-Math.log(1 - random.next()) * second) / (accounts.share * rate))
      void sendAccountMail(rateLimiters[random.below(accountSenders)] as PriorityRateLimiter)
    }
  }
  for (let sender = 0; sender < senders; sender++) time.after(0, () => void send())
  if (accounts.share > 0) time.after(0, () => void people())
  await time.run()
  const shareOf = (mails: number) => mails / (rate * seconds)
  return {
    share: shareOf(told.results + told.accounts),
    ...{ ofResults: shareOf(told.results), ofAccounts: shareOf(told.accounts) },
    ...{ accepted: told.results, throttled: throttled.results, throttledAccounts: throttled.accounts },
    ...{ overLimit, longest },
  }
}

describe('senders that share the account’s rate', () => {
  test.each([
    [1, 1],
    [1, 12],
    [14, 2],
    [14, 12],
    [80, 12],
    [500, 4],
    [500, 12],
    [2_000, 12],
    [2_000, 40],
  ])('of %i mails a second, %i of them, use 97 %% of it and are never throttled', async (rate, senders) => {
    const { share, throttled } = await run({ rate, senders, seconds: 120 })
    expect(throttled).toBe(0)
    expect(share).toBeGreaterThanOrEqual(0.97)
    expect(share).toBeLessThanOrEqual(1 + 1 / 120)
  })

  test('broken variant: senders without a rateLimiter are throttled', async () => {
    const unpaced = (rateLimiter: RateLimiter): RateLimiter => ({
      ...rateLimiter,
      take: async () => ({ outcome: 'granted', inMilliseconds: 0 }),
    })
    for (const rate of [14, 500, 2_000]) {
      expect((await run({ rate, senders: 40, seconds: 20, rateLimiterOf: unpaced })).throttled).toBeGreaterThan(0)
    }
  })

  test('broken variant: equal shares leave a part unused if one of the senders is inactive', async () => {
    const shareOf = 2
    const equalShares = () => {
      const sendRate = inMemorySendRate()
      return { ...sendRate, take: (milliseconds: number, now: number) => sendRate.take(milliseconds * shareOf, now) }
    }
    expect((await run({ rate: 14, senders: 1, seconds: 120, sendRate: equalShares() })).share).toBeLessThan(0.6)
  })

  test('stay below the log-in capacity of the service', async () => {
    const { accepted } = await run({ rate: 2_000, senders: 12, seconds: 60, headroom: 300 })
    expect(accepted / 60).toBeGreaterThan(285)
    expect(accepted / 60).toBeLessThanOrEqual(305)
  })

  test('slow down to a quarter while an alarm of the API is on', async () => {
    const sendRate = inMemorySendRate()
    sendRate.row.alarms.add('results-service-dev-api-slow')
    const { accepted } = await run({ rate: 500, senders: 4, seconds: 120, sendRate })
    expect(accepted / 120).toBeGreaterThan(0.23 * 500)
    expect(accepted / 120).toBeLessThan(0.26 * 500)
  })

  test('stop for one release after a breaker stop, and for all when the daily quota is used up', async () => {
    const sendRate = inMemorySendRate()
    const rateLimiter = (leftToday: number) =>
      sharedRateLimiter({
        sendRate,
        quota: { read: async () => ({ rate: 14, leftToday }) },
        timer: { now: () => 0 },
        headroom: 2_000,
      })
    sendRate.row.stopped.add('bad')
    expect(await rateLimiter(10).take(5, 'bad')).toEqual({ outcome: 'stopped', reason: 'breaker' })
    expect(await rateLimiter(10).take(5, 'good')).toMatchObject({ outcome: 'granted' })
    expect(await rateLimiter(0).take(5, 'good')).toEqual({ outcome: 'stopped', reason: 'daily-quota' })
  })

  test('put no more into one call than the rate allows', async () => {
    const burst = (rate: number) =>
      sharedRateLimiter({
        sendRate: inMemorySendRate(),
        quota: { read: async () => ({ rate, leftToday: 1 }) },
        timer: { now: () => 0 },
        headroom: 2_000,
      }).burst()
    expect(await Promise.all([1, 14, 80, 500].map(burst))).toEqual([
      { calls: 1, mails: 1 },
      { calls: 1, mails: 6 },
      { calls: 1, mails: 38 },
      { calls: 2, mails: 49 },
    ])
  })
})

/** As it was before: account mails used what result mails left of the rate. */
const notRateLimited = (): PriorityRateLimiter => ({ take: async () => 'granted' })

describe('account mails, which take precedence', () => {
  const rates = [
    [14, 2],
    [14, 12],
    [500, 4],
    [500, 12],
    [2_000, 12],
    [2_000, 40],
  ] as const

  describe.each(rates)('beside result mails at %i a second by %i senders', (rate, senders) => {
    test.each([0.1, 0.2, 0.3])(
      'use %f of the rate, together 97 %% for all mails, without throttling',
      async (share) => {
        const seconds = rate > 1_000 ? 60 : 120
        const done = await run({ rate, senders, seconds, accounts: { share } })
        expect(done).toMatchObject({ throttled: 0, throttledAccounts: 0, overLimit: 0 })
        expect(done.share).toBeGreaterThanOrEqual(0.97)
        expect(done.share).toBeLessThanOrEqual(1 + 1 / seconds)
        expect(done.ofAccounts).toBeGreaterThan(0.8 * share)
      },
    )

    test('get half of the rate in a flood of three times the rate, result mails the other half, and none is throttled', async () => {
      const done = await run({ rate, senders, seconds: 60, accounts: { share: 3 } })
      expect(done).toMatchObject({ throttled: 0, throttledAccounts: 0 })
      expect(done.share).toBeGreaterThanOrEqual(0.97)
      expect(done.ofResults).toBeGreaterThan(0.47)
      expect(done.ofAccounts).toBeGreaterThan(0.45)
    })

    test('broken variant: if they are not rate-limited, mails are throttled', async () => {
      for (const share of [0.1, 0.2, 0.3]) {
        const done = await run({ rate, senders, seconds: 60, accounts: { share, rateLimiterOf: notRateLimited } })
        expect(done.throttled + done.throttledAccounts).toBeGreaterThan(0)
      }
    })
  })

  test('may start in the middle of a release', async () => {
    for (const [rate, senders] of [
      [14, 12],
      [500, 4],
      [2_000, 12],
    ] as const) {
      const done = await run({ rate, senders, seconds: 60, accounts: { share: 0.3, from: 30 } })
      expect(done).toMatchObject({ throttled: 0, throttledAccounts: 0, overLimit: 0 })
      expect(done.share).toBeGreaterThanOrEqual(0.97)
    }
  })

  test('fit into one mail a second, but for the rare one that comes at the very instant of a turn', async () => {
    for (const senders of [2, 12]) {
      const done = await run({ rate: 1, senders, seconds: 1_200, accounts: { share: 0.2 } })
      expect(done.throttled + done.throttledAccounts).toBeLessThan(0.005 * 1_200)
      expect(done.share).toBeGreaterThanOrEqual(0.965)
    }
    const before = await run({
      rate: 1,
      senders: 2,
      seconds: 1_200,
      accounts: { share: 0.2, rateLimiterOf: notRateLimited },
    })
    expect(before.throttled + before.throttledAccounts).toBeGreaterThan(0.1 * 1_200)
  })

  test('may use the whole rate while no result mails are sent', async () => {
    const done = await run({ rate: 14, senders: 0, seconds: 120, accounts: { share: 3 } })
    expect(done.throttledAccounts).toBe(0)
    expect(done.ofAccounts).toBeGreaterThan(0.9)
  })

  test('are slowed down neither by an alarm of the API nor by the headroom for log-ins', async () => {
    const sendRate = inMemorySendRate()
    sendRate.row.alarms.add('results-service-dev-api-slow')
    const done = await run({ rate: 500, senders: 4, seconds: 60, headroom: 100, sendRate, accounts: { share: 0.3 } })
    expect(done).toMatchObject({ throttled: 0, throttledAccounts: 0, overLimit: 0 })
    expect(done.ofAccounts).toBeGreaterThan(0.28)
    // A quarter of 100 a second, delayed by a third.
    expect(done.accepted / 60).toBeGreaterThan(0.6 * 25)
    expect(done.accepted / 60).toBeLessThan(25)
  })

  test('broken variant: without a limit, a flood of them starves result mails', async () => {
    const sendRate = inMemorySendRate()
    const unbound: SendRate = {
      ...sendRate,
      takePriority: (request) => sendRate.takePriority({ ...request, spacing: 0 }),
    }
    const done = await run({ rate: 14, senders: 4, seconds: 60, sendRate: unbound, accounts: { share: 3 } })
    expect(done.ofResults).toBeLessThan(0.2)
  })

  test('broken variant: senders that do not recheck their turn are throttled', async () => {
    const unaware = (rateLimiter: RateLimiter): RateLimiter => ({
      ...rateLimiter,
      async take(mails, releaseId) {
        const turn = await rateLimiter.take(mails, releaseId)
        return turn.outcome === 'granted' ? { outcome: 'granted', inMilliseconds: turn.inMilliseconds } : turn
      },
    })
    const done = await run({ rate: 14, senders: 12, seconds: 60, rateLimiterOf: unaware, accounts: { share: 0.3 } })
    expect(done.throttled + done.throttledAccounts).toBeGreaterThan(0)
  })
})
