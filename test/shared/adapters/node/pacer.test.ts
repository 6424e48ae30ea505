import { describe, expect, test } from '@jest/globals'
import { sharedPacer } from '../../../../shared/adapters/node/pacer.ts'

/** Senders with a pacer each, on one clock that moves to whatever is waited for. */
const run = async (rate: number, senders: number, mails: number) => {
  let now = 0
  const sent: { at: number; mails: number }[] = []
  const sleepers: { until: number; wake: () => void }[] = []
  const wait = (milliseconds: number) => new Promise<void>((wake) => sleepers.push({ until: now + milliseconds, wake }))
  const send = async () => {
    const pacer = sharedPacer({ sendRate: async () => rate, senders, now: () => now, wait })
    for (let left = mails / senders; left > 0; ) {
      const slice = Math.min(left, await pacer.largestSlice())
      await pacer.take(slice)
      sent.push({ at: now, mails: slice })
      left -= slice
    }
  }
  let running = senders
  const all = Array.from({ length: senders }, () => send().finally(() => running--))
  while (running > 0) {
    await new Promise((tick) => setImmediate(tick))
    const next = sleepers.toSorted((a, b) => a.until - b.until)[0]
    if (!next) continue
    sleepers.splice(sleepers.indexOf(next), 1)
    now = Math.max(now, next.until)
    next.wake()
  }
  await Promise.all(all)
  return sent
}

describe('senders that share a rate', () => {
  test.each([
    [2, 2, 20],
    [1, 1, 10],
    [14, 2, 200],
    [500, 4, 4_000],
    [2_000, 2, 12_000],
  ])('of %i mails a second, %i of them, never send more than that in any second', async (rate, senders, mails) => {
    const sent = await run(rate, senders, mails)
    expect(sent.reduce((sum, each) => sum + each.mails, 0)).toBe(mails)
    for (const { at } of sent) {
      const inOneSecond = sent.filter((other) => other.at >= at && other.at < at + 1_000)
      const allowed = Math.max(rate, senders)
      expect(inOneSecond.reduce((sum, each) => sum + each.mails, 0)).toBeLessThanOrEqual(allowed)
    }
    const seconds = Math.max(...sent.map(({ at }) => at)) / 1_000
    expect(mails / Math.max(seconds, 1)).toBeGreaterThan(0.85 * rate)
  })

  test('take no more into one call than the rate allows it', async () => {
    const largest = (rate: number) => sharedPacer({ sendRate: async () => rate, senders: 2 }).largestSlice()
    expect([await largest(1), await largest(14), await largest(80), await largest(1_000)]).toEqual([1, 7, 40, 50])
  })
})
