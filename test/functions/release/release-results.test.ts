import { beforeEach, describe, expect, test } from '@jest/globals'
import { releaseSession } from '../../../functions/release/release-results/release-results.ts'
import { sealResults } from '../../../functions/release/seal-results/seal-results.ts'
import { later, minute, second, toIso } from '../../../shared/domain/time.ts'
import { countSession } from '../../../shared/protocols/session-manifest.ts'
import { killer } from '../../support/faults.ts'
import { instant, releaseDay, session } from '../../support/release-day.ts'

let day: ReturnType<typeof releaseDay>
beforeEach(async () => {
  day = releaseDay()
  await day.load(60)
})
const someone = 'ID000033'

/** Fires without waiting for the answer, as a schedule does. */
const fireTimes = (count: number, releaseId: string) => Array.from({ length: count }, () => day.fire(releaseId))
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a release that fired (R50, R61)', () => {
  test.each([1, 2, 5])('%i times at once opens the session once, at the instant and not before', async (times) => {
    const releaseId = await day.prepare()
    day.clock.moveTo(later(instant, -90 * second))
    const fired = fireTimes(times, releaseId)
    await settle()
    day.clock.moveTo(later(instant, -1))
    await settle()
    expect(day.visible(someone)).toBeUndefined()
    expect(day.told()).toEqual([])

    day.clock.moveTo(instant)
    const outcomes = (await Promise.all(fired)).map(({ outcome }) => outcome)
    expect(outcomes.toSorted()).toEqual([...Array(times - 1).fill('already-released'), 'released'])
    expect(day.visible(someone)).toMatchObject({ version: 1 })
    expect(day.told()).toMatchObject([{ detail: { version: 1, releaseId, session, releasedAt: toIso(instant) } }])
  })

  test('far too early is no reason to wait', async () => {
    const releaseId = await day.prepare()
    expect(await day.fire(releaseId)).toEqual({ outcome: 'not-yet', session })
  })

  test('late releases at once', async () => {
    const releaseId = await day.prepare()
    day.clock.moveTo(later(instant, 3 * minute))
    expect(await day.fire(releaseId)).toMatchObject({ outcome: 'released', releasedAt: instant + 3 * minute })
  })

  test('never is made up for by the sweep, which takes what is due within the next minute', async () => {
    await day.prepare()
    day.clock.moveTo(later(instant, -61 * second))
    expect(await day.sweep()).toEqual([])
    day.clock.moveTo(later(instant, -60 * second))
    const swept = day.sweep()
    await settle()
    expect(day.visible(someone)).toBeUndefined()
    day.clock.moveTo(instant)
    expect(await swept).toMatchObject([{ status: 'fulfilled', value: { outcome: 'released' } }])
    expect(day.visible(someone)).toBeDefined()
    expect(await day.sweep()).toEqual([])
    expect(day.told()).toHaveLength(1)
  })

  test('under an old id, after the release was planned anew, does nothing', async () => {
    const old = await day.prepare()
    await day.releases.voidPlan(session)
    await day.prepare()
    day.clock.moveTo(instant)
    expect(await day.fire(old)).toEqual({ outcome: 'not-approved', session })
    expect(day.visible(someone)).toBeUndefined()
  })

  test('and was voided while it waited for the instant opens nothing', async () => {
    const releaseId = await day.prepare()
    day.clock.moveTo(later(instant, -minute))
    const fired = day.fire(releaseId)
    await settle()
    await day.releases.voidPlan(session)
    day.clock.moveTo(instant)
    expect(await fired).toEqual({ outcome: 'not-approved', session })
    expect(day.visible(someone)).toBeUndefined()
  })

  test('broken variant: one that does not read again after its wait would open a voided release but for the condition of its write', async () => {
    const releaseId = await day.prepare()
    const seen = await day.releases.find(session)
    await day.releases.voidPlan(session)
    day.clock.moveTo(instant)
    const stale = { ...day.ports, releases: { ...day.releases, find: async () => seen } }
    const outcome = await releaseSession(stale)({ session, releaseId })
    expect(outcome).toMatchObject({ outcome: 'not-approved' })
    expect(day.told()).toEqual([])

    const unconditional = { ...stale, openings: { open: async () => 'opened' as const } }
    expect(await releaseSession(unconditional)({ session, releaseId })).toMatchObject({ outcome: 'released' })
  })

  test('killed around its write is completed by the next firing', async () => {
    for (const [at, when] of [
      [1, 'after'],
      [2, 'after'],
      [3, 'before'],
      [3, 'after'],
    ] as const) {
      day = releaseDay()
      await day.load(20)
      const releaseId = await day.prepare()
      day.clock.moveTo(instant)
      const { mortal } = killer(at, when)
      const doomed = { ...day.ports, releases: mortal(day.releases), openings: mortal(day.ports.openings) }
      await releaseSession(doomed)({ session, releaseId }).catch(() => undefined)
      await day.sweep()
      expect(day.told()).toHaveLength(1)
      expect(day.visible('ID000003')).toBeDefined()
    }
  })
})

describe('a release is blocked, loudly, and goes on once it is put right,', () => {
  test('while it is still being sealed waits for the last seal, and not for the sweep', async () => {
    const { manifest, releaseId } = await day.plan()
    await day.approve(manifest)
    day.clock.moveTo(instant)
    const fired = day.fire(releaseId)
    await settle()
    expect(day.visible(someone)).toBeUndefined()
    await day.seal(releaseId)
    expect(await fired).toMatchObject({ outcome: 'released' })
  })

  test('while not every result is sealed', async () => {
    const { manifest, releaseId } = await day.plan()
    await day.approve(manifest)
    day.clock.moveTo(instant)
    await expect(day.fire(releaseId)).rejects.toMatchObject({ name: 'ReleaseBlocked', reason: 'not-sealed' })
    expect(await day.sweep()).toMatchObject([{ status: 'rejected' }])
    expect(day.told()).toEqual([])
    await day.seal(releaseId)
    expect(await day.fire(releaseId)).toMatchObject({ outcome: 'released' })
  })

  test.each([
    [
      'while other mail templates are deployed than were agreed to',
      { digest: 'other', faults: [] },
      'mail-templates-changed',
    ],
    ['while a mail template is unsound', undefined, 'mail-templates-unsound'],
  ])('%s', async (_, templates, reason) => {
    const releaseId = await day.prepare()
    day.clock.moveTo(instant)
    const ports = {
      ...day.ports,
      templates: templates ?? { ...day.ports.templates, faults: ['en: the text is empty'] },
    }
    await expect(releaseSession(ports)({ session, releaseId })).rejects.toMatchObject({ reason })
    expect(day.visible(someone)).toBeUndefined()
  })

  test('and holds up no other session', async () => {
    const { manifest } = await day.plan()
    await day.approve(manifest)
    const row = await day.releases.find(session)
    day.releases.rows.set('other', {
      ...(row as NonNullable<typeof row>),
      session: 'other',
      releaseId: 'other',
      counts: { ...(row as NonNullable<typeof row>).counts, results: 0 },
    })
    day.clock.moveTo(instant)
    const swept = await day.sweep()
    expect(swept.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('sealing (G3)', () => {
  test('stamps the newest version of every result with the release and its instant', async () => {
    await day.addResult(someone, { grade: 'A', version: 2 })
    const { manifest, releaseId } = await day.plan()
    await day.approve(manifest)
    expect(await day.seal(releaseId)).toEqual({ outcome: 'sealed', count: 60 })
    const [first, second] = day.results.versionsOf(someone)
    expect(first?.sealedFor).toBeUndefined()
    expect(second).toMatchObject({ sealedFor: releaseId, visibleFrom: instant })
  })

  test('delivered five times stamps each once and records each shard once', async () => {
    const { manifest, releaseId } = await day.plan()
    await day.approve(manifest)
    const { writes } = day.results.counts
    for (let delivery = 0; delivery < 5; delivery++) await day.seal(releaseId)
    expect(day.results.counts.writes - writes).toBe(60)
    expect(Object.keys(day.releases.rows.get(session)?.sealedByShard ?? {})).toHaveLength(16)
  })

  test('stamps nothing that was not approved: a row changed since then voids the plan', async () => {
    const { manifest, releaseId } = await day.plan()
    await day.approve(manifest)
    await day.addResult(someone, { grade: 'A', version: 2 })
    expect(await day.seal(releaseId)).toMatchObject({ outcome: 'manifest-changed' })
    expect(day.releases.rows.get(session)?.state).toBe('planned')
    expect(day.results.versionsOf(someone).at(-1)?.sealedFor).toBeUndefined()
    day.clock.moveTo(instant)
    expect(await day.fire(releaseId)).toMatchObject({ outcome: 'not-approved' })
  })

  test('broken variant: a sealer that stamps whatever is newest would release an unapproved row', async () => {
    const { manifest, releaseId } = await day.plan()
    await day.approve(manifest)
    await day.addResult(someone, { grade: 'A', version: 2 })
    const now = await day.plan('olga').catch(() => undefined)
    expect(now).toBeUndefined()
    // It takes the hashes of now for those of the approval.
    const blind = {
      ...day.ports,
      releases: {
        ...day.releases,
        find: async () => {
          const row = day.releases.rows.get(session) as NonNullable<ReturnType<typeof day.releases.rows.get>>
          return { ...row, shardManifests: await countSession(day.ports)(session) }
        },
      },
    }
    await sealResults(blind)({ session, releaseId })
    day.clock.moveTo(instant)
    await day.fire(releaseId)
    expect(day.visible(someone)).toMatchObject({ version: 2 })
  })

  test('of a release that is no longer approved stamps nothing', async () => {
    const { releaseId } = await day.plan()
    expect(await day.seal(releaseId)).toEqual({ outcome: 'nothing-to-seal' })
    expect(await day.seal('other')).toEqual({ outcome: 'nothing-to-seal' })
  })

  test('killed at any call goes on where it stopped, and the release follows', async () => {
    for (let at = 1; at <= 81; at += 5) {
      day = releaseDay()
      await day.load(60)
      const { manifest, releaseId } = await day.plan()
      await day.approve(manifest)
      const { mortal } = killer(at, at % 2 === 0 ? 'before' : 'after')
      const doomed = { ...day.ports, releases: mortal(day.releases), results: mortal(day.results) }
      await sealResults(doomed)({ session, releaseId }).catch(() => undefined)
      await day.seal(releaseId)
      day.clock.moveTo(instant)
      expect(await day.fire(releaseId)).toMatchObject({ outcome: 'released' })
      expect(day.visible('ID000059')).toBeDefined()
    }
  })
})
