import { expect, test } from '@jest/globals'
import { replayPair } from '../support/embargo/paired-runs.ts'
import { traceOf } from '../support/embargo/traces.ts'
import { forEachSeed } from '../support/simulation/seed.ts'

test('paired runs look the same through 10,000 random traces until the difference is released (R50, G3)', async () => {
  let opened = 0
  await forEachSeed(10_000, async (seed) => {
    const replayed = await replayPair(traceOf(seed))
    if (replayed.leak) throw new Error(replayed.leak)
    if (replayed.opened !== replayed.differed) throw new Error('what was released does not differ')
    if (replayed.opened) opened++
  })
  expect(opened).toBeGreaterThan(6_000)
}, 900_000)
