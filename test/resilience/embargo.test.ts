import { describe, expect, test } from '@jest/globals'
import { brokenReaders } from '../support/embargo/broken-readers.ts'
import type { FixtureOptions } from '../support/embargo/embargo-fixture.ts'
import { type Replayed, replayPair } from '../support/embargo/paired-runs.ts'
import { traceOf } from '../support/embargo/traces.ts'
import { firstSeed, forEachSeed } from '../support/simulation/seed.ts'

/**
 * Noninterference: for any two runs that differ only in unreleased results, or in whether they are loaded, everything
 * observable before the instant is equal: responses of every endpoint, mails, events, log lines (R50, G3).
 */
describe('paired runs', () => {
  test('look the same through 2,000 random traces until the difference is released, and differ from then on', async () => {
    const count = { opened: 0, differed: 0 }
    await forEachSeed(2_000, async (seed) => {
      const { leak, opened, differed } = await replayPair(traceOf(seed))
      if (leak) throw new Error(leak)
      if (opened !== differed) throw new Error('what was released does not differ')
      if (opened) count.opened++
    })
    // Most traces reach a release or a correction; the others stay held, void or cancelled.
    expect(count.opened).toBeGreaterThan(1_200)
  }, 300_000)

  const leakOf = async (parts: Omit<FixtureOptions, 'rowOf'>): Promise<Replayed | undefined> => {
    for (let seed = firstSeed; seed < firstSeed + 400; seed++) {
      const replayed = await replayPair(traceOf(seed), parts)
      if (replayed.leak) return replayed
    }
    return undefined
  }

  test.each(Object.keys(brokenReaders))('are distinguishable if a reader %s (negative control)', async (name) => {
    const reader = brokenReaders[name]
    expect((await leakOf({ ...(reader && { reader }) }))?.leak).toMatch(/^step \d+ /)
  })

  test('are distinguishable if mails are sent before the opening (negative control)', async () => {
    expect((await leakOf({ mailsWhenApproved: true }))?.leak).toMatch(/^step \d+ \(mail\)/)
  })
})
