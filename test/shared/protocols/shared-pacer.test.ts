import { describe, expect, test } from '@jest/globals'
import { second } from '../../../shared/domain/time.ts'
import type { MailPace } from '../../../shared/ports/mail-pace.ts'
import type { Pacer } from '../../../shared/ports/mailers.ts'
import { sharedPacer } from '../../../shared/protocols/shared-pacer.ts'
import { inMemoryMailPace } from '../../support/in-memory/mail-pace.ts'
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
  readonly pace?: MailPace
  readonly pacerOf?: (pacer: Pacer) => Pacer
}

/** Senders with a pacer each, whose calls take as long as calls do, for some seconds; then the account of it. */
const run = async ({
  rate,
  senders,
  seconds,
  headroom = 2_000,
  pace = inMemoryMailPace(),
  pacerOf = (p) => p,
}: Run) => {
  const time = virtualTime()
  const random = seededRandom(rate + senders)
  const start = time.now()
  const wait = (milliseconds: number) => new Promise<void>((wake) => time.after(milliseconds, wake))
  const take = enforcedQuota(rate, time.now)
  let accepted = 0
  let throttled = 0
  const quota = { read: async () => ({ rate, leftToday: Number.POSITIVE_INFINITY }) }
  const send = async () => {
    const pacer = pacerOf(sharedPacer({ pace, quota, timer: time, headroom }))
    // Not all at once.
    await wait(random.below(50))
    while (time.now() - start < seconds * second) {
      const { calls, mails } = await pacer.burst()
      const turn = await pacer.take(calls * mails, 'release')
      if (turn.outcome === 'stopped') return
      await wait(turn.inMilliseconds)
      // Reading and claiming.
      await wait(15 + random.below(25))
      if (time.now() - start >= seconds * second) return
      for (let call = 0; call < calls; call++) {
        if (take(mails) === 'taken') accepted += mails
        else throttled++
      }
      await wait(80 + random.below(120))
    }
  }
  for (let sender = 0; sender < senders; sender++) time.after(0, () => void send())
  await time.run()
  return { share: accepted / (rate * seconds), accepted, throttled }
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

  test('broken variant: senders without a pacer are throttled', async () => {
    const unpaced = (pacer: Pacer): Pacer => ({
      ...pacer,
      take: async () => ({ outcome: 'granted', inMilliseconds: 0 }),
    })
    for (const rate of [14, 500, 2_000]) {
      expect((await run({ rate, senders: 40, seconds: 20, pacerOf: unpaced })).throttled).toBeGreaterThan(0)
    }
  })

  test('broken variant: equal shares leave a part unused where one of the senders is away', async () => {
    const shareOf = 2
    const equalShares = () => {
      const pace = inMemoryMailPace()
      return { take: (milliseconds: number, now: number) => pace.take(milliseconds * shareOf, now) }
    }
    expect((await run({ rate: 14, senders: 1, seconds: 120, pace: equalShares() })).share).toBeLessThan(0.6)
  })

  test('keep below what the service bears in log-ins', async () => {
    const { accepted } = await run({ rate: 2_000, senders: 12, seconds: 60, headroom: 300 })
    expect(accepted / 60).toBeGreaterThan(285)
    expect(accepted / 60).toBeLessThanOrEqual(305)
  })

  test('slow down to a quarter while an alarm of the API is on', async () => {
    const pace = inMemoryMailPace()
    pace.row.alarms.add('results-service-dev-api-slow')
    const { accepted } = await run({ rate: 500, senders: 4, seconds: 120, pace })
    expect(accepted / 120).toBeGreaterThan(0.23 * 500)
    expect(accepted / 120).toBeLessThan(0.26 * 500)
  })

  test('stop for one release where the breaker stopped it, and for all when the day’s quota is used up', async () => {
    const pace = inMemoryMailPace()
    const pacer = (leftToday: number) =>
      sharedPacer({
        pace,
        quota: { read: async () => ({ rate: 14, leftToday }) },
        timer: { now: () => 0 },
        headroom: 2_000,
      })
    pace.row.stopped.add('bad')
    expect(await pacer(10).take(5, 'bad')).toEqual({ outcome: 'stopped', reason: 'breaker' })
    expect(await pacer(10).take(5, 'good')).toMatchObject({ outcome: 'granted' })
    expect(await pacer(0).take(5, 'good')).toEqual({ outcome: 'stopped', reason: 'daily-quota' })
  })

  test('take no more into one call than the rate allows it', async () => {
    const burst = (rate: number) =>
      sharedPacer({
        pace: inMemoryMailPace(),
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
