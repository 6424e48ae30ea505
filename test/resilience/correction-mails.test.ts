import { beforeAll, describe, expect, test } from '@jest/globals'
import { faultProfiles } from '../../infra/local/seeded-faults.ts'
import type { LocalAssembly } from '../../infra/local/types.ts'
import { minute } from '../../shared/domain/time.ts'
import { type BrokenEdit, brokenEdits } from '../support/mail-simulation/broken-edits.ts'
import { assertGuarantees, rehearse } from '../support/mail-simulation/rehearse.ts'
import { simulatedAssembly } from '../support/mail-simulation/simulated-assembly.ts'
import { firstSeed, forEachSeed } from '../support/simulation/seed.ts'

/**
 * A correction with notification mails everybody whose result it changed, once, and nobody else, end to end: the functions
 * as deployed, from its opening over bus and queues to SES, in virtual time, with the faults of `result-mails.test.ts`
 * (R51, G4).
 */
const faults = { ...faultProfiles.default, duplicates: 0.2 }
const candidates = 2_000
let assembly: LocalAssembly
beforeAll(() => {
  assembly = simulatedAssembly('dev', 4)
})

describe('a correction of every other of 2,000 results, after their release has been told', () => {
  test('without faults is mailed to everybody concerned, except bounced addresses', async () => {
    const rehearsed = await rehearse({ assembly, seed: firstSeed, candidates, corrects: true })
    assertGuarantees(rehearsed)
    const { correction, outcome, simulation } = rehearsed
    const { recipients, outcome: told } = correction ?? { recipients: new Map(), outcome }
    expect(recipients.size).toBeGreaterThan(900)
    expect(told).toMatchObject({ planned: recipients.size, duplicates: 0, unknown: 0, failed: 0 })
    expect(told.suppressed).toBeGreaterThan(0)
    expect(told.accepted + told.suppressed).toBe(recipients.size)
    const kinds = simulation.accepted.map(({ tags }) => tags.kind)
    expect(kinds.filter((kind) => kind === 'results-corrected')).toHaveLength(told.mailed)
    expect(kinds.filter((kind) => kind === 'results-released')).toHaveLength(outcome.mailed)
  })

  test(
    'mails nobody twice or early and loses nobody, under throttling, lost responses, crashes and redeliveries',
    async () => {
      await forEachSeed(6, async (seed) => {
        const rehearsed = await rehearse({ assembly, seed, candidates, faults, corrects: true })
        assertGuarantees(rehearsed)
      })
    },
    5 * minute,
  )

  test.each<[BrokenEdit, RegExp]>([
    ['marks what it has sent after sending it', /mails were sent to somebody who had one/],
    ['sends again by itself what may have been sent', /mails were sent to somebody who had one/],
    [
      'tells everybody of a correction, whether it changed their result or not',
      /of the correction, .*were planned for/,
    ],
    ['takes the mails of a correction for those of its release', /of the correction, 0 mails were planned/],
  ])(
    'is not notified as specified if the service %s (negative control)',
    async (name, expected) => {
      const broken = forEachSeed(20, async (seed) => {
        assertGuarantees(
          await rehearse({ assembly, seed, candidates, faults, corrects: true, edits: brokenEdits[name] }),
        )
      })
      await expect(broken).rejects.toThrow(expected)
    },
    5 * minute,
  )
})
