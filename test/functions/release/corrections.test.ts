import { beforeEach, describe, expect, test } from '@jest/globals'
import { approveRelease } from '../../../functions/release/approve-release/approve-release.ts'
import { planRelease } from '../../../functions/release/plan-release/plan-release.ts'
import { sealResults } from '../../../functions/release/seal-results/seal-results.ts'
import { showRelease } from '../../../functions/release/show-release/show-release.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import { hour, later, second, toIso } from '../../../shared/domain/time.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { instant, releaseFixture, session } from '../../support/release-fixture.ts'

/** What is changed after it was released, by two people: R50, R53, R63. */
let fixture: ReturnType<typeof releaseFixture>
const someone = 'ID000003'
const another = 'ID000004'

beforeEach(async () => {
  fixture = releaseFixture()
  await fixture.load(20, (index) => ({ emailOptIn: index % 2 === 0 }))
  const releaseId = await fixture.prepare()
  fixture.clock.moveTo(instant)
  await fixture.fire(releaseId)
  fixture.clock.advance(hour)
})

const regrade = (idNumber = someone, grade = 'A', version = 2) => fixture.addResult(idNumber, { grade, version })
const told = () => fixture.releases.events.filter(({ type }) => type === 'results-corrected')

describe('a corrected result', () => {
  test('stays hidden, with the released one visible, until it is approved and its instant has come', async () => {
    await regrade()
    const at = toIso(later(fixture.clock.now(), hour))
    const seen = () => fixture.visible(someone)?.version
    expect(seen()).toBe(1)
    const { releaseId: id, manifest } = await fixture.planCorrection(true, 'olga', at)
    expect(seen()).toBe(1)
    expect(await fixture.approve(manifest)).toMatchObject({ outcome: 'approved', release: { state: 'released' } })
    expect(await fixture.sealCorrection(id)).toEqual({ outcome: 'sealed', count: 1 })
    const fired = fixture.fire(id)
    expect(await fired).toEqual({ outcome: 'not-yet', session })
    fixture.clock.moveTo(later(Date.parse(at) as never, -1))
    const waiting = fixture.sweep()
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen()).toBe(1)
    expect(told()).toEqual([])
    fixture.clock.moveTo(Date.parse(at) as never)
    expect(await waiting).toMatchObject([{ value: { outcome: 'corrected' } }])
    expect(seen()).toBe(2)
  })

  test('is shown as corrected with both dates, while the release stays released', async () => {
    await regrade()
    const correctionId = await fixture.correct()
    expect(fixture.standing(someone)).toMatchObject({
      status: 'corrected',
      releasedAt: instant,
      correctedAt: instant + hour,
      version: { payload: { grade: 'A' } },
    })
    expect(fixture.standing(another)).toMatchObject({ status: 'released', releasedAt: instant })
    expect(fixture.releases.rows.get(session)).toMatchObject({ state: 'released', releasedAt: instant })
    expect(told().map(({ detail }) => detail)).toEqual([
      {
        version: 1,
        releaseId: fixture.releases.rows.get(session)?.releaseId,
        session,
        correctionId,
        notify: true,
        correctedAt: toIso(later(instant, hour)),
      },
    ])
    expect(fixture.releases.audit.map(({ action, by }) => `${action} ${by}`).slice(-3)).toEqual([
      'correction-planned olga',
      'correction-approved peter',
      'results-corrected release-results',
    ])
  })

  test('can be a late, a held or a withdrawn result', async () => {
    await fixture.addResult('LATE01', { grade: 'C' })
    await fixture.addResult(someone, { state: 'withdrawn', version: 2 })
    await fixture.addResult(another, { state: 'held', version: 2 })
    await fixture.correct(false)
    expect(fixture.standing('LATE01')).toMatchObject({ status: 'released', releasedAt: instant + hour })
    expect(fixture.standing(someone)).toEqual({ status: 'withdrawn', correctedAt: instant + hour })
    expect(fixture.standing(another)).toEqual({ status: 'held', correctedAt: instant + hour })
    expect(told()[0]?.detail).toMatchObject({ notify: false })
  })

  test('can be corrected again', async () => {
    await regrade()
    const first = await fixture.correct()
    await regrade(someone, 'C', 3)
    const second = await fixture.correct()
    expect(second).not.toBe(first)
    expect(fixture.standing(someone)).toMatchObject({ status: 'corrected', version: { version: 3 } })
    expect(told()).toHaveLength(2)
  })

  test('leaves seals of visible results unchanged', async () => {
    await regrade()
    const before = fixture.results.versionsOf(another)
    await fixture.correct()
    expect(fixture.results.versionsOf(another)).toEqual(before)
    expect(fixture.results.versionsOf(someone)[0]).toMatchObject({ visibleFrom: instant })
  })
})

describe('a correction takes two people', () => {
  test('and covers exactly what they reviewed: a changed row voids it, before and after the approval', async () => {
    await regrade()
    const first = await fixture.planCorrection()
    await regrade(another)
    expect(await fixture.approve(first.manifest)).toEqual({ outcome: 'manifest-changed' })
    expect(fixture.corrections.rows.get(session)).toMatchObject({ state: 'planned', manifest: voidManifest })

    const { releaseId: id, manifest } = await fixture.planCorrection()
    expect(await fixture.approve(manifest, 'Olga')).toEqual({ outcome: 'same-person' })
    expect(await fixture.approve(manifest)).toMatchObject({ outcome: 'approved' })
    await regrade('ID000005')
    expect(await fixture.sealCorrection(id)).toMatchObject({ outcome: 'manifest-changed' })
    expect(await fixture.fire(id)).toEqual({ outcome: 'not-approved', session })
    expect([someone, another, 'ID000005'].map((id) => fixture.visible(id)?.version)).toEqual([1, 1, 1])
  })

  test('who agree on whether candidates are notified: another decision is another plan', async () => {
    await regrade()
    const quiet = await fixture.planCorrection(false)
    const loud = await fixture.planCorrection(true)
    expect(loud.manifest).not.toBe(quiet.manifest)
    expect(await fixture.approve(quiet.manifest)).toEqual({ outcome: 'manifest-changed' })
    expect(await fixture.approve(loud.manifest)).toMatchObject({ outcome: 'approved' })
  })

  test('repeated by the same person has no further effect', async () => {
    await regrade()
    const { manifest, releaseId } = await fixture.planCorrection()
    await fixture.approve(manifest)
    expect(await fixture.approve(manifest)).toMatchObject({ outcome: 'approved' })
    expect(fixture.schedules.filter((schedule) => schedule.releaseId === releaseId)).toEqual([
      { releaseId, at: instant + hour + 2 * second },
      { releaseId, at: instant + hour + 2 * second },
    ])
    expect(fixture.releases.events.filter(({ type }) => type === 'correction-approved')).toHaveLength(1)
  })

  test('broken variant: sealing for the release itself would show an unapproved version immediately', async () => {
    await regrade()
    const release = fixture.releases.rows.get(session) as NonNullable<ReturnType<typeof fixture.releases.rows.get>>
    // As if a release that has happened were sealed again, against the hashes of now.
    const releases = {
      ...fixture.releases,
      find: async () => ({ ...release, state: 'approved' as const, sealedByShard: {} }),
      recordSealed: async () => 'recorded' as const,
    }
    const { shardManifests } = await fixture.planCorrection()
    const blind = {
      ...fixture.ports,
      releases: { ...releases, find: async () => ({ ...(await releases.find()), shardManifests }) },
    }
    await sealResults(blind)({ session, releaseId: release.releaseId })
    expect(fixture.visible(someone)?.version).toBe(2)

    // The sealer as it is refuses: the release is not approved, it is released.
    expect(await fixture.seal(release.releaseId)).toEqual({ outcome: 'nothing-to-seal' })
  })
})

describe('planning a correction', () => {
  const plan = (asked: { releaseAt?: string; notify?: boolean }) =>
    planRelease(fixture.ports)({ session, by: 'olga', ...asked })

  test('counts its changes and mails, and shows nothing to candidates', async () => {
    await regrade(someone)
    await regrade(another)
    const { counts, correction } = await fixture.planCorrection()
    expect(correction).toMatchObject({ changes: 2, notify: true })
    expect(counts).toMatchObject({ results: 20, recipients: 1 })
    expect(await fixture.sweep()).toEqual([])
    expect(fixture.visible(someone)?.version).toBe(1)
  })

  test('requires the decision whether to notify candidates, which a release must not have', async () => {
    await regrade()
    expect(await plan({})).toEqual({ outcome: 'notify-missing' })
    const before = releaseFixture()
    await before.load(3)
    const asked = { session, by: 'olga', releaseAt: toIso(instant) }
    expect(await planRelease(before.ports)({ ...asked, notify: true })).toEqual({ outcome: 'notify-unfit' })
    expect(await planRelease(before.ports)({ session, by: 'olga' })).toEqual({ outcome: 'instant-missing' })
  })

  test('is refused if there is nothing to correct', async () => {
    expect(await plan({ notify: true })).toEqual({ outcome: 'nothing-to-correct' })
  })

  test('is shown with the release, and a pending one can be cancelled and planned again', async () => {
    await regrade()
    const { releaseId, manifest } = await fixture.planCorrection()
    expect(await showRelease(fixture.ports)(session)).toMatchObject({
      release: { state: 'released' },
      correction: { releaseId, state: 'planned' },
    })
    await fixture.approve(manifest)
    expect(await plan({ notify: true })).toEqual({ outcome: 'gone-too-far' })
    expect(await fixture.cancel()).toMatchObject({
      outcome: 'taken',
      release: { state: 'released' },
      correction: { state: 'cancelled' },
    })
    await fixture.sealCorrection(releaseId)
    expect(await fixture.fire(releaseId)).toEqual({ outcome: 'not-approved', session })
    expect(fixture.visible(someone)?.version).toBe(1)
    await fixture.correct()
    expect(fixture.visible(someone)?.version).toBe(2)
    expect(await fixture.cancel()).toMatchObject({ outcome: 'not-now' })
  })
})

describe('while the release is held', () => {
  test('a correction can be made before resuming, so that nobody sees the wrong result again', async () => {
    await fixture.hold()
    await regrade()
    const correctionId = await fixture.correct()
    expect(fixture.visible(someone)).toBeUndefined()
    await fixture.resume()
    expect(fixture.visible(someone)?.version).toBe(2)
    expect(told().at(-1)?.detail).toMatchObject({ correctionId, notify: true })
    expect(told()).toHaveLength(2)
  })
})

describe('a correction whose schedule fires', () => {
  test.each([1, 2, 5])('%i times opens once', async (times) => {
    await regrade()
    const { releaseId: id, manifest } = await fixture.planCorrection()
    await fixture.approve(manifest)
    await fixture.sealCorrection(id)
    const outcomes = await Promise.all(Array.from({ length: times }, () => fixture.fire(id)))
    expect(outcomes.filter(({ outcome }) => outcome === 'corrected')).toHaveLength(1)
    expect(told()).toHaveLength(1)
  })

  test('not at all is opened by the sweep', async () => {
    await regrade()
    const { releaseId: id, manifest } = await fixture.planCorrection()
    await fixture.approve(manifest)
    await fixture.sealCorrection(id)
    expect(await fixture.sweep()).toMatchObject([{ value: { outcome: 'corrected' } }])
  })

  test('killed at any call of planning, approving, sealing or opening, it continues', async () => {
    for (let at = 1; at <= 60; at += 3) {
      fixture = releaseFixture()
      await fixture.load(20)
      const release = await fixture.prepare()
      fixture.clock.moveTo(instant)
      await fixture.fire(release)
      await regrade()
      const { releaseId: id, manifest } = await fixture.planCorrection()
      const { mortal } = killAtCall(at, at % 2 === 0 ? 'before' : 'after')
      const { corrections, results, openings } = fixture.ports
      const doomed = {
        ...fixture.ports,
        corrections: mortal(corrections),
        correctionApprovals: mortal(corrections),
        correctionOpenings: mortal(fixture.ports.correctionOpenings),
        results: mortal(results),
        openings: mortal(openings),
      }
      await approveRelease(doomed)({ session, manifest, by: 'peter' }).catch(() => undefined)
      await fixture.approve(manifest)
      await fixture.sealCorrection(id)
      await fixture.sweep()
      expect(fixture.visible(someone)?.version).toBe(2)
      expect(told()).toHaveLength(1)
    }
  })
})
