import { beforeEach, describe, expect, test } from '@jest/globals'
import { releaseSession } from '../../../functions/release/release-results/release-results.ts'
import { sealResults } from '../../../functions/release/seal-results/seal-results.ts'
import { later, minute, second, toIso } from '../../../shared/domain/time.ts'
import { countSession } from '../../../shared/protocols/session-manifest.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { instant, releaseFixture, session } from '../../support/release-fixture.ts'

let fixture: ReturnType<typeof releaseFixture>
beforeEach(async () => {
  fixture = releaseFixture()
  await fixture.load(60)
})
const someone = 'ID000033'

/** Fires without waiting for the answer, as a schedule does. */
const fireTimes = (count: number, releaseId: string) => Array.from({ length: count }, () => fixture.fire(releaseId))
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a release whose schedule fires (R50, R61)', () => {
  test.each([1, 2, 5])('%i times at once opens the session once, at the instant and not before', async (times) => {
    const releaseId = await fixture.prepare()
    fixture.clock.moveTo(later(instant, -90 * second))
    const fired = fireTimes(times, releaseId)
    await settle()
    fixture.clock.moveTo(later(instant, -1))
    await settle()
    expect(fixture.visible(someone)).toBeUndefined()
    expect(fixture.told()).toEqual([])

    fixture.clock.moveTo(instant)
    const outcomes = (await Promise.all(fired)).map(({ outcome }) => outcome)
    expect(outcomes.toSorted()).toEqual([...Array(times - 1).fill('already-released'), 'released'])
    expect(fixture.visible(someone)).toMatchObject({ version: 1 })
    expect(fixture.told()).toMatchObject([{ detail: { version: 1, releaseId, session, releasedAt: toIso(instant) } }])
  })

  test('far too early does not wait for the instant', async () => {
    const releaseId = await fixture.prepare()
    expect(await fixture.fire(releaseId)).toEqual({ outcome: 'not-yet', session })
  })

  test('late releases immediately', async () => {
    const releaseId = await fixture.prepare()
    fixture.clock.moveTo(later(instant, 3 * minute))
    expect(await fixture.fire(releaseId)).toMatchObject({ outcome: 'released', releasedAt: instant + 3 * minute })
  })

  test('not at all is opened by the sweep, which handles what is due within the next minute', async () => {
    await fixture.prepare()
    fixture.clock.moveTo(later(instant, -61 * second))
    expect(await fixture.sweep()).toEqual([])
    fixture.clock.moveTo(later(instant, -60 * second))
    const swept = fixture.sweep()
    await settle()
    expect(fixture.visible(someone)).toBeUndefined()
    fixture.clock.moveTo(instant)
    expect(await swept).toMatchObject([{ status: 'fulfilled', value: { outcome: 'released' } }])
    expect(fixture.visible(someone)).toBeDefined()
    expect(await fixture.sweep()).toEqual([])
    expect(fixture.told()).toHaveLength(1)
  })

  test('with an old id, after the release was planned again, does nothing', async () => {
    const old = await fixture.prepare()
    await fixture.releases.voidPlan(session)
    await fixture.prepare()
    fixture.clock.moveTo(instant)
    expect(await fixture.fire(old)).toEqual({ outcome: 'not-approved', session })
    expect(fixture.visible(someone)).toBeUndefined()
  })

  test('and is voided while waiting for the instant opens nothing', async () => {
    const releaseId = await fixture.prepare()
    fixture.clock.moveTo(later(instant, -minute))
    const fired = fixture.fire(releaseId)
    await settle()
    await fixture.releases.voidPlan(session)
    fixture.clock.moveTo(instant)
    expect(await fired).toEqual({ outcome: 'not-approved', session })
    expect(fixture.visible(someone)).toBeUndefined()
  })

  test('broken variant: without reading again after the wait, only the condition of the write keeps a voided release closed', async () => {
    const releaseId = await fixture.prepare()
    const seen = await fixture.releases.find(session)
    await fixture.releases.voidPlan(session)
    fixture.clock.moveTo(instant)
    const stale = { ...fixture.ports, releases: { ...fixture.releases, find: async () => seen } }
    const outcome = await releaseSession(stale)({ session, releaseId })
    expect(outcome).toMatchObject({ outcome: 'not-approved' })
    expect(fixture.told()).toEqual([])

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
      fixture = releaseFixture()
      await fixture.load(20)
      const releaseId = await fixture.prepare()
      fixture.clock.moveTo(instant)
      const { mortal } = killAtCall(at, when)
      const doomed = { ...fixture.ports, releases: mortal(fixture.releases), openings: mortal(fixture.ports.openings) }
      await releaseSession(doomed)({ session, releaseId }).catch(() => undefined)
      await fixture.sweep()
      expect(fixture.told()).toHaveLength(1)
      expect(fixture.visible('ID000003')).toBeDefined()
    }
  })
})

describe('a release is blocked with an alarm, and continues once the cause is removed,', () => {
  test('while it is still being sealed: it waits for the last seal, not for the sweep', async () => {
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    fixture.clock.moveTo(instant)
    const fired = fixture.fire(releaseId)
    await settle()
    expect(fixture.visible(someone)).toBeUndefined()
    await fixture.seal(releaseId)
    expect(await fired).toMatchObject({ outcome: 'released' })
  })

  test('if not every result is sealed', async () => {
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    fixture.clock.moveTo(instant)
    await expect(fixture.fire(releaseId)).rejects.toMatchObject({ name: 'ReleaseBlocked', reason: 'not-sealed' })
    expect(await fixture.sweep()).toMatchObject([{ status: 'rejected' }])
    expect(fixture.told()).toEqual([])
    await fixture.seal(releaseId)
    expect(await fixture.fire(releaseId)).toMatchObject({ outcome: 'released' })
  })

  test.each([
    [
      'while other mail templates are deployed than were agreed to',
      { digest: 'other', faults: [] },
      'mail-templates-changed',
    ],
    ['while a mail template is unsound', undefined, 'mail-templates-unsound'],
  ])('%s', async (_, templates, reason) => {
    const releaseId = await fixture.prepare()
    fixture.clock.moveTo(instant)
    const ports = {
      ...fixture.ports,
      templates: templates ?? { ...fixture.ports.templates, faults: ['en: the text is empty'] },
    }
    await expect(releaseSession(ports)({ session, releaseId })).rejects.toMatchObject({ reason })
    expect(fixture.visible(someone)).toBeUndefined()
  })

  test('without delaying other sessions', async () => {
    const { manifest } = await fixture.plan()
    await fixture.approve(manifest)
    const row = await fixture.releases.find(session)
    fixture.releases.rows.set('other', {
      ...(row as NonNullable<typeof row>),
      session: 'other',
      releaseId: 'other',
      counts: { ...(row as NonNullable<typeof row>).counts, results: 0 },
    })
    fixture.clock.moveTo(instant)
    const swept = await fixture.sweep()
    expect(swept.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('sealing (G3)', () => {
  test('seals the newest version of every result for the release and its instant', async () => {
    await fixture.addResult(someone, { grade: 'A', version: 2 })
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    expect(await fixture.seal(releaseId)).toEqual({ outcome: 'sealed', count: 60 })
    const [first, second] = fixture.results.versionsOf(someone)
    expect(first?.sealedFor).toBeUndefined()
    expect(second).toMatchObject({ sealedFor: releaseId, visibleFrom: instant })
  })

  test('delivered five times seals each once and records each shard once', async () => {
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    const { writes } = fixture.results.counts
    for (let delivery = 0; delivery < 5; delivery++) await fixture.seal(releaseId)
    expect(fixture.results.counts.writes - writes).toBe(60)
    expect(Object.keys(fixture.releases.rows.get(session)?.sealedByShard ?? {})).toHaveLength(16)
  })

  test('seals nothing that was not approved: a row changed since then voids the plan', async () => {
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    await fixture.addResult(someone, { grade: 'A', version: 2 })
    expect(await fixture.seal(releaseId)).toMatchObject({ outcome: 'manifest-changed' })
    expect(fixture.releases.rows.get(session)?.state).toBe('planned')
    expect(fixture.results.versionsOf(someone).at(-1)?.sealedFor).toBeUndefined()
    fixture.clock.moveTo(instant)
    expect(await fixture.fire(releaseId)).toMatchObject({ outcome: 'not-approved' })
  })

  test('broken variant: sealing whatever is newest would release an unapproved row', async () => {
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    await fixture.addResult(someone, { grade: 'A', version: 2 })
    const now = await fixture.plan('olga').catch(() => undefined)
    expect(now).toBeUndefined()
    // It takes the hashes of now for those of the approval.
    const blind = {
      ...fixture.ports,
      releases: {
        ...fixture.releases,
        find: async () => {
          const row = fixture.releases.rows.get(session) as NonNullable<ReturnType<typeof fixture.releases.rows.get>>
          return { ...row, shardManifests: await countSession(fixture.ports)(session) }
        },
      },
    }
    await sealResults(blind)({ session, releaseId })
    fixture.clock.moveTo(instant)
    await fixture.fire(releaseId)
    expect(fixture.visible(someone)).toMatchObject({ version: 2 })
  })

  test('of a release that is no longer approved seals nothing', async () => {
    const { releaseId } = await fixture.plan()
    expect(await fixture.seal(releaseId)).toEqual({ outcome: 'nothing-to-seal' })
    expect(await fixture.seal('other')).toEqual({ outcome: 'nothing-to-seal' })
  })

  test('killed at any call continues where it stopped, and the release follows', async () => {
    for (let at = 1; at <= 81; at += 5) {
      fixture = releaseFixture()
      await fixture.load(60)
      const { manifest, releaseId } = await fixture.plan()
      await fixture.approve(manifest)
      const { mortal } = killAtCall(at, at % 2 === 0 ? 'before' : 'after')
      const doomed = { ...fixture.ports, releases: mortal(fixture.releases), results: mortal(fixture.results) }
      await sealResults(doomed)({ session, releaseId }).catch(() => undefined)
      await fixture.seal(releaseId)
      fixture.clock.moveTo(instant)
      expect(await fixture.fire(releaseId)).toMatchObject({ outcome: 'released' })
      expect(fixture.visible('ID000059')).toBeDefined()
    }
  })
})
