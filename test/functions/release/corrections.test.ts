import { beforeEach, describe, expect, test } from '@jest/globals'
import { approveRelease } from '../../../functions/release/approve-release/approve-release.ts'
import { planRelease } from '../../../functions/release/plan-release/plan-release.ts'
import { sealResults } from '../../../functions/release/seal-results/seal-results.ts'
import { showRelease } from '../../../functions/release/show-release/show-release.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import { hour, later, second, toIso } from '../../../shared/domain/time.ts'
import { killer } from '../../support/faults.ts'
import { instant, releaseDay, session } from '../../support/release-day.ts'

/** What is changed after it was released, by two people: R50, R53, R63. */
let day: ReturnType<typeof releaseDay>
const someone = 'ID000003'
const another = 'ID000004'

beforeEach(async () => {
  day = releaseDay()
  await day.load(20, (index) => ({ emailOptIn: index % 2 === 0 }))
  const releaseId = await day.prepare()
  day.clock.moveTo(instant)
  await day.fire(releaseId)
  day.clock.advance(hour)
})

const regrade = (idNumber = someone, grade = 'A', version = 2) => day.addResult(idNumber, { grade, version })
const told = () => day.releases.events.filter(({ type }) => type === 'results-corrected')

describe('a corrected result', () => {
  test('stays hidden, and the released one visible, until two people have agreed and its instant has come', async () => {
    await regrade()
    const at = toIso(later(day.clock.now(), hour))
    const seen = () => day.visible(someone)?.version
    expect(seen()).toBe(1)
    const { releaseId: id, manifest } = await day.planCorrection(true, 'olga', at)
    expect(seen()).toBe(1)
    expect(await day.approve(manifest)).toMatchObject({ outcome: 'approved', release: { state: 'released' } })
    expect(await day.sealCorrection(id)).toEqual({ outcome: 'sealed', count: 1 })
    const fired = day.fire(id)
    expect(await fired).toEqual({ outcome: 'not-yet', session })
    day.clock.moveTo(later(Date.parse(at) as never, -1))
    const waiting = day.sweep()
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen()).toBe(1)
    expect(told()).toEqual([])
    day.clock.moveTo(Date.parse(at) as never)
    expect(await waiting).toMatchObject([{ value: { outcome: 'corrected' } }])
    expect(seen()).toBe(2)
  })

  test('is told as corrected with both dates; the release stays released all the time', async () => {
    await regrade()
    const correctionId = await day.correct()
    expect(day.standing(someone)).toMatchObject({
      status: 'corrected',
      releasedAt: instant,
      correctedAt: instant + hour,
      version: { payload: { grade: 'A' } },
    })
    expect(day.standing(another)).toMatchObject({ status: 'released', releasedAt: instant })
    expect(day.releases.rows.get(session)).toMatchObject({ state: 'released', releasedAt: instant })
    expect(told().map(({ detail }) => detail)).toEqual([
      {
        version: 1,
        releaseId: day.releases.rows.get(session)?.releaseId,
        session,
        correctionId,
        notify: true,
        correctedAt: toIso(later(instant, hour)),
      },
    ])
    expect(day.releases.audit.map(({ action, by }) => `${action} ${by}`).slice(-3)).toEqual([
      'correction-planned olga',
      'correction-approved peter',
      'results-corrected release-results',
    ])
  })

  test('may be a late one, a held one or one that is taken back', async () => {
    await day.addResult('LATE01', { grade: 'C' })
    await day.addResult(someone, { state: 'withdrawn', version: 2 })
    await day.addResult(another, { state: 'held', version: 2 })
    await day.correct(false)
    expect(day.standing('LATE01')).toMatchObject({ status: 'released', releasedAt: instant + hour })
    expect(day.standing(someone)).toEqual({ status: 'withdrawn', correctedAt: instant + hour })
    expect(day.standing(another)).toEqual({ status: 'held', correctedAt: instant + hour })
    expect(told()[0]?.detail).toMatchObject({ notify: false })
  })

  test('can be corrected again', async () => {
    await regrade()
    const first = await day.correct()
    await regrade(someone, 'C', 3)
    const second = await day.correct()
    expect(second).not.toBe(first)
    expect(day.standing(someone)).toMatchObject({ status: 'corrected', version: { version: 3 } })
    expect(told()).toHaveLength(2)
  })

  test('leaves what was seen as it was: no seal of it is touched', async () => {
    await regrade()
    const before = day.results.versionsOf(another)
    await day.correct()
    expect(day.results.versionsOf(another)).toEqual(before)
    expect(day.results.versionsOf(someone)[0]).toMatchObject({ visibleFrom: instant })
  })
})

describe('a correction takes two people', () => {
  test('and covers exactly what they saw: one changed row voids it, before and after the approval', async () => {
    await regrade()
    const first = await day.planCorrection()
    await regrade(another)
    expect(await day.approve(first.manifest)).toEqual({ outcome: 'manifest-changed' })
    expect(day.corrections.rows.get(session)).toMatchObject({ state: 'planned', manifest: voidManifest })

    const { releaseId: id, manifest } = await day.planCorrection()
    expect(await day.approve(manifest, 'Olga')).toEqual({ outcome: 'same-person' })
    expect(await day.approve(manifest)).toMatchObject({ outcome: 'approved' })
    await regrade('ID000005')
    expect(await day.sealCorrection(id)).toMatchObject({ outcome: 'manifest-changed' })
    expect(await day.fire(id)).toEqual({ outcome: 'not-approved', session })
    expect([someone, another, 'ID000005'].map((id) => day.visible(id)?.version)).toEqual([1, 1, 1])
  })

  test('who agree on whether candidates are told: another decision is another plan', async () => {
    await regrade()
    const quiet = await day.planCorrection(false)
    const loud = await day.planCorrection(true)
    expect(loud.manifest).not.toBe(quiet.manifest)
    expect(await day.approve(quiet.manifest)).toEqual({ outcome: 'manifest-changed' })
    expect(await day.approve(loud.manifest)).toMatchObject({ outcome: 'approved' })
  })

  test('given again by the same person is done already', async () => {
    await regrade()
    const { manifest, releaseId } = await day.planCorrection()
    await day.approve(manifest)
    expect(await day.approve(manifest)).toMatchObject({ outcome: 'approved' })
    expect(day.schedules.filter((schedule) => schedule.releaseId === releaseId)).toEqual([
      { releaseId, at: instant + hour + 2 * second },
      { releaseId, at: instant + hour + 2 * second },
    ])
    expect(day.releases.events.filter(({ type }) => type === 'correction-approved')).toHaveLength(1)
  })

  test('broken variant: a sealer that stamps for the release itself would show an unapproved version at once', async () => {
    await regrade()
    const release = day.releases.rows.get(session) as NonNullable<ReturnType<typeof day.releases.rows.get>>
    // As if a release that has happened were sealed again, against the hashes of now.
    const releases = {
      ...day.releases,
      find: async () => ({ ...release, state: 'approved' as const, sealedByShard: {} }),
      recordSealed: async () => 'recorded' as const,
    }
    const { shardManifests } = await day.planCorrection()
    const blind = {
      ...day.ports,
      releases: { ...releases, find: async () => ({ ...(await releases.find()), shardManifests }) },
    }
    await sealResults(blind)({ session, releaseId: release.releaseId })
    expect(day.visible(someone)?.version).toBe(2)

    // The sealer as it is refuses: the release is not approved, it is released.
    expect(await day.seal(release.releaseId)).toEqual({ outcome: 'nothing-to-seal' })
  })
})

describe('planning one', () => {
  const plan = (asked: { releaseAt?: string; notify?: boolean }) =>
    planRelease(day.ports)({ session, by: 'olga', ...asked })

  test('counts what it changes and who is told, and shows nothing to anybody', async () => {
    await regrade(someone)
    await regrade(another)
    const { counts, correction } = await day.planCorrection()
    expect(correction).toMatchObject({ changes: 2, notify: true })
    expect(counts).toMatchObject({ results: 20, recipients: 1 })
    expect(await day.sweep()).toEqual([])
    expect(day.visible(someone)?.version).toBe(1)
  })

  test('needs the decision whether candidates are told, which a release must not have', async () => {
    await regrade()
    expect(await plan({})).toEqual({ outcome: 'notify-missing' })
    const before = releaseDay()
    await before.load(3)
    const asked = { session, by: 'olga', releaseAt: toIso(instant) }
    expect(await planRelease(before.ports)({ ...asked, notify: true })).toEqual({ outcome: 'notify-unfit' })
    expect(await planRelease(before.ports)({ session, by: 'olga' })).toEqual({ outcome: 'instant-missing' })
  })

  test('is refused where nothing is to be corrected', async () => {
    expect(await plan({ notify: true })).toEqual({ outcome: 'nothing-to-correct' })
  })

  test('is shown beside the release, and one that waits is cancelled and planned anew', async () => {
    await regrade()
    const { releaseId, manifest } = await day.planCorrection()
    expect(await showRelease(day.ports)(session)).toMatchObject({
      release: { state: 'released' },
      correction: { releaseId, state: 'planned' },
    })
    await day.approve(manifest)
    expect(await plan({ notify: true })).toEqual({ outcome: 'gone-too-far' })
    expect(await day.cancel()).toMatchObject({
      outcome: 'taken',
      release: { state: 'released' },
      correction: { state: 'cancelled' },
    })
    await day.sealCorrection(releaseId)
    expect(await day.fire(releaseId)).toEqual({ outcome: 'not-approved', session })
    expect(day.visible(someone)?.version).toBe(1)
    await day.correct()
    expect(day.visible(someone)?.version).toBe(2)
    expect(await day.cancel()).toMatchObject({ outcome: 'not-now' })
  })
})

describe('while the release is held', () => {
  test('a correction is made behind the closed gate, so that nobody sees the wrong result again', async () => {
    await day.hold()
    await regrade()
    const correctionId = await day.correct()
    expect(day.visible(someone)).toBeUndefined()
    await day.resume()
    expect(day.visible(someone)?.version).toBe(2)
    expect(told().at(-1)?.detail).toMatchObject({ correctionId, notify: true })
    expect(told()).toHaveLength(2)
  })
})

describe('a correction that fires', () => {
  test.each([1, 2, 5])('%i times opens once', async (times) => {
    await regrade()
    const { releaseId: id, manifest } = await day.planCorrection()
    await day.approve(manifest)
    await day.sealCorrection(id)
    const outcomes = await Promise.all(Array.from({ length: times }, () => day.fire(id)))
    expect(outcomes.filter(({ outcome }) => outcome === 'corrected')).toHaveLength(1)
    expect(told()).toHaveLength(1)
  })

  test('never is made up for by the sweep', async () => {
    await regrade()
    const { releaseId: id, manifest } = await day.planCorrection()
    await day.approve(manifest)
    await day.sealCorrection(id)
    expect(await day.sweep()).toMatchObject([{ value: { outcome: 'corrected' } }])
  })

  test('killed at any call of planning, approving, sealing or opening, it goes on', async () => {
    for (let at = 1; at <= 60; at += 3) {
      day = releaseDay()
      await day.load(20)
      const release = await day.prepare()
      day.clock.moveTo(instant)
      await day.fire(release)
      await regrade()
      const { releaseId: id, manifest } = await day.planCorrection()
      const { mortal } = killer(at, at % 2 === 0 ? 'before' : 'after')
      const { corrections, results, openings } = day.ports
      const doomed = {
        ...day.ports,
        corrections: mortal(corrections),
        correctionApprovals: mortal(corrections),
        correctionOpenings: mortal(day.ports.correctionOpenings),
        results: mortal(results),
        openings: mortal(openings),
      }
      await approveRelease(doomed)({ session, manifest, by: 'peter' }).catch(() => undefined)
      await day.approve(manifest)
      await day.sealCorrection(id)
      await day.sweep()
      expect(day.visible(someone)?.version).toBe(2)
      expect(told()).toHaveLength(1)
    }
  })
})
