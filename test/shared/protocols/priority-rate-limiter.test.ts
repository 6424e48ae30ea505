import { describe, expect, test } from '@jest/globals'
import type { MailQuota, SendRate } from '../../../shared/ports/send-rate.ts'
import { priorityRateLimiter } from '../../../shared/protocols/priority-rate-limiter.ts'
import { inMemorySendRate } from '../../support/in-memory/send-rate.ts'
import { virtualTime } from '../../support/simulation/virtual-time.ts'

const quotaOf = (rate: number): MailQuota => ({ read: async () => ({ rate, leftToday: 0 }) })

const world = ({
  sendRate = inMemorySendRate(),
  quota = quotaOf(14),
}: {
  sendRate?: Pick<SendRate, 'takePriority'>
  quota?: MailQuota
} = {}) => {
  const time = virtualTime()
  const faults: string[] = []
  const wait = (milliseconds: number) => new Promise<void>((wake) => time.after(milliseconds, wake))
  const start = time.now()
  const rateLimiter = priorityRateLimiter({
    ...{ sendRate, quota, pause: wait },
    timer: { now: time.now, wait },
    warn: (fault) => void faults.push((fault as Error).message),
  })
  /** What became of so many mails at once, each with the milliseconds that it took. */
  const takeAtOnce = async (mails: number) => {
    const taken: [string, number][] = []
    const take = async () => taken.push([await rateLimiter.take(), time.now() - start])
    for (let mail = 0; mail < mails; mail++) time.after(0, () => void take())
    await time.run()
    return taken
  }
  return { takeAtOnce, faults, start }
}

describe('a mail about an account', () => {
  test('goes at once, and delays turns by what it takes of the account’s whole rate', async () => {
    const sendRate = inMemorySendRate()
    sendRate.row.alarms.add('results-service-dev-api-slow')
    const { takeAtOnce, start } = world({ sendRate })
    const reservedUntil = start + 5_000
    sendRate.row.freeAt = reservedUntil
    expect(await takeAtOnce(1)).toEqual([['granted', 0]])
    expect(sendRate.row.freeAt - reservedUntil).toBeCloseTo(1_000 / (14 * 0.972), 3)
    expect(sendRate.row.delayed).toBeCloseTo(sendRate.row.freeAt - reservedUntil, 3)
  })

  test('waits for seconds when over the limit, and is refused if that does not help', async () => {
    const { takeAtOnce } = world()
    const taken = await takeAtOnce(50)
    const granted = taken.filter(([outcome]) => outcome === 'granted')
    // Seven a second for three seconds, and a small burst.
    expect(granted.length).toBeGreaterThan(10)
    expect(granted.length).toBeLessThan(26)
    expect(taken).toHaveLength(50)
    expect(Math.max(...taken.map(([, after]) => after))).toBe(3_150)
  })

  test.each([
    ['the rate is not told', { quota: { read: () => Promise.reject(new Error('busy')) } }, 'busy', 0],
    ['the row cannot be written', { sendRate: { takePriority: () => Promise.reject(new Error('hot')) } }, 'hot', 0],
    [
      'the row does not answer',
      { sendRate: { takePriority: () => new Promise<never>(() => {}) } },
      'the rate limiter did not answer within 2000 ms',
      2_000,
    ],
    [
      'the rate is not told for long',
      { quota: { read: () => new Promise<never>(() => {}) } },
      'the rate limiter did not answer within 2000 ms',
      2_000,
    ],
  ])('is sent without rate limiting where %s, with a warning', async (_, broken, fault, after) => {
    const { takeAtOnce, faults } = world(broken)
    expect(await takeAtOnce(1)).toEqual([['granted', after]])
    expect(faults).toEqual([fault])
  })

  test('is not held back by the daily quota, which the mail service enforces itself', async () => {
    expect(await world().takeAtOnce(1)).toEqual([['granted', 0]])
  })
})
