import { beforeEach, describe, expect, test } from '@jest/globals'
import { approveRelease } from '../../../functions/release/approve-release/approve-release.ts'
import { planRelease } from '../../../functions/release/plan-release/plan-release.ts'
import { releaseAnswer } from '../../../functions/release/release-answer.ts'
import { showRelease } from '../../../functions/release/show-release/show-release.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import { minute, second } from '../../../shared/domain/time.ts'
import { instant, releaseAt, releaseFixture, session } from '../../support/release-fixture.ts'

let fixture: ReturnType<typeof releaseFixture>
beforeEach(async () => {
  fixture = releaseFixture()
  await fixture.load(40, (index) => ({ emailOptIn: index % 4 !== 0, state: index === 1 ? 'held' : 'final' }))
})

describe('a plan (R63)', () => {
  test('counts entries, results, what is missing on either side, and mails', async () => {
    fixture.members.entries.push({ session, idNumber: 'NORESULT' })
    await fixture.addResult('NOENTRY1')
    const { counts, plannedBy, state } = await fixture.plan()
    expect(counts).toEqual({
      entries: 41,
      results: 41,
      entriesWithoutResult: 1,
      resultsWithoutEntry: 1,
      recipients: 29,
    })
    expect({ plannedBy, state }).toEqual({ plannedBy: 'olga', state: 'planned' })
    expect(fixture.releases.audit).toMatchObject([
      { action: 'release-planned', by: 'olga', subject: `release/${session}` },
    ])
  })

  test('shows nothing to any candidate, then or at the instant', async () => {
    const { releaseId } = await fixture.plan()
    fixture.clock.moveTo(instant)
    expect(await fixture.fire(releaseId)).toMatchObject({ outcome: 'not-approved' })
    await fixture.sweep()
    expect(fixture.visible('ID000002')).toBeUndefined()
  })

  test.each([
    ['a session that cannot be one', { session: 'B2 First', releaseAt }, 'malformed-session'],
    ['an instant without a zone', { session, releaseAt: '2026-12-01T09:00' }, 'malformed-instant'],
    ['an instant that has passed', { session, releaseAt: '2026-11-23T09:00:00.000Z' }, 'not-in-the-future'],
    ['a session without results', { session: 'empty', releaseAt }, 'nothing-to-release'],
  ])('is refused for %s', async (_, asked, outcome) => {
    expect(await planRelease(fixture.ports)({ ...asked, by: 'olga' })).toEqual({ outcome })
    expect(fixture.releases.rows.size).toBe(0)
  })

  test('is refused while a mail template has a blank variable', async () => {
    const templates = { digest: 'x', faults: ['de: the html leaves out {{exam}}'] }
    const refused = await planRelease({ ...fixture.ports, templates })({ session, releaseAt, by: 'olga' })
    expect(refused).toEqual({ outcome: 'templates-unsound', faults: templates.faults })
  })

  test('made again replaces the one before, until it is approved', async () => {
    const first = await fixture.plan()
    const second = await fixture.plan('paula', '2026-12-02T09:00:00.000Z')
    expect(second.releaseId).not.toBe(first.releaseId)
    expect(await fixture.approve(first.manifest)).toEqual({ outcome: 'manifest-changed' })
    expect(await fixture.approve(second.manifest)).toMatchObject({ outcome: 'approved' })
    expect(await planRelease(fixture.ports)({ session, releaseAt, by: 'olga' })).toEqual({ outcome: 'gone-too-far' })
  })
})

describe('the findings of a plan (R63)', () => {
  const find = async () => {
    const planned = await planRelease(fixture.ports)({ session, releaseAt, by: 'olga' })
    if (planned.outcome !== 'planned') throw new Error(planned.outcome)
    return planned
  }

  test('list the first candidates to check of each kind, without storing ID numbers', async () => {
    fixture.members.entries.push({ session, idNumber: 'NORESULT' })
    for (let index = 10; index < 40; index++) await fixture.addResult(`NOENTRY${index}`)
    fixture.members.names.set('ID000005', { givenName: '\u202e', familyName: ' ' })
    const { findings, summary } = await find()
    expect(findings.entriesWithoutResult).toEqual(['NORESULT'])
    expect(findings.resultsWithoutEntry).toHaveLength(20)
    expect(findings.blankNames).toEqual(['ID000005'])
    expect(JSON.stringify([summary, ...fixture.summaries.rows.values()])).not.toMatch(/ID0000|NORESULT|NOENTRY/)
  })

  test('show the number of mails by language, and the instant in the centres’ time zones', async () => {
    const { summary } = await find()
    expect(summary.preview.recipientsByLanguage).toEqual([{ language: 'en', recipients: 29 }])
    expect(summary.preview.localTimes.map(({ country, local }) => [country, local])).toEqual([
      [undefined, '2026-12-01 09:00'],
      ['ES', '2026-12-01 09:00'],
      ['ES', '2026-12-01 10:00'],
    ])
  })

  test('are compared only with released sessions of the same exam', async () => {
    const other = (name: string, released: boolean) => {
      const row = fixture.releases.rows.get(session) as NonNullable<ReturnType<typeof fixture.releases.rows.get>>
      fixture.releases.rows.set(name, {
        ...row,
        session: name,
        ...(released && { state: 'released', releasedAt: instant }),
      })
      fixture.summaries.rows.set(name, {
        ...(fixture.summaries.rows.get(session) as NonNullable<ReturnType<typeof fixture.summaries.rows.get>>),
        session: name,
        distribution: { results: 100, grades: { A: 100 }, scores: { count: 0, sum: 0, sumOfSquares: 0 } },
      })
    }
    expect((await find()).summary.preview.comparedWith).toEqual({ sessions: 0, results: 0 })
    other('planned-only', false)
    expect((await find()).summary.preview.outliers).toEqual([])
    other('released-before', true)
    const { preview } = (await find()).summary
    expect(preview.comparedWith).toEqual({ sessions: 1, results: 100 })
    expect(preview.outliers).toEqual([
      '0 % have the grade A; in earlier releases it was 100 %',
      '100 % have the grade B; in earlier releases it was 0 %',
    ])
  })

  test('are shown to the approver, but not those of an older plan', async () => {
    const { release } = await find()
    expect(await showRelease(fixture.ports)(session)).toMatchObject({ summary: { releaseId: release.releaseId } })
    const summary = fixture.summaries.rows.get(session) as NonNullable<ReturnType<typeof fixture.summaries.rows.get>>
    expect(releaseAnswer(release, undefined, summary).preview).toEqual(summary.preview)
    expect(releaseAnswer({ ...release, releaseId: 'newer' }, undefined, summary)).not.toHaveProperty('preview')
  })

  test('are not stored if the plan is refused', async () => {
    await fixture.prepare()
    fixture.summaries.rows.clear()
    await planRelease(fixture.ports)({ session, releaseAt, by: 'olga' })
    expect(fixture.summaries.rows.size).toBe(0)
  })
})

describe('an approval (R63)', () => {
  test('requires another person, independent of the spelling of the name', async () => {
    const { manifest } = await fixture.plan('olga')
    expect(await fixture.approve(manifest, 'olga')).toEqual({ outcome: 'same-person' })
    expect(await fixture.approve(manifest, 'Olga')).toEqual({ outcome: 'same-person' })
    expect(await fixture.approve(manifest, 'peter')).toMatchObject({
      outcome: 'approved',
      release: { approvedBy: 'peter' },
    })
  })

  test('writes the event in the same transaction, and sets the schedule 90 seconds early', async () => {
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    expect(fixture.releases.events).toMatchObject([{ type: 'release-approved', detail: { releaseId, session } }])
    expect(fixture.schedules).toEqual([{ releaseId, at: instant - 90 * second }])
  })

  test('repeated by the same person sets the schedule again and changes nothing', async () => {
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    expect(await fixture.approve(manifest)).toMatchObject({ outcome: 'approved' })
    expect(fixture.releases.events).toHaveLength(1)
    expect(fixture.schedules.map((schedule) => schedule.releaseId)).toEqual([releaseId, releaseId])
    expect(await fixture.approve(manifest, 'paula')).toMatchObject({ outcome: 'not-approvable', state: 'approved' })
  })

  test('is void after one changed row', async () => {
    const { manifest } = await fixture.plan()
    await fixture.addResult('ID000007', { grade: 'A', version: 2 })
    expect(await fixture.approve(manifest)).toEqual({ outcome: 'manifest-changed' })
    expect(fixture.releases.rows.get(session)).toMatchObject({ state: 'planned', manifest: voidManifest })
    expect(await fixture.approve(manifest)).toEqual({ outcome: 'manifest-changed' })
    expect(await fixture.approve(voidManifest)).toEqual({ outcome: 'manifest-changed' })
  })

  test('is void after the mail templates have changed', async () => {
    const { manifest } = await fixture.plan()
    const templates = { digest: 'other words', faults: [] }
    const changed = await approveRelease({ ...fixture.ports, templates })({ session, manifest, by: 'peter' })
    expect(changed).toEqual({ outcome: 'manifest-changed' })
  })

  test('of a manifest other than the plan’s is refused, and the plan stays', async () => {
    const { manifest } = await fixture.plan()
    expect(await fixture.approve('0'.repeat(64))).toEqual({ outcome: 'manifest-changed' })
    expect(await fixture.approve(manifest)).toMatchObject({ outcome: 'approved' })
  })

  test('is refused once the instant has passed, or without a plan', async () => {
    const { manifest } = await fixture.plan()
    fixture.clock.moveTo(instant)
    expect(await fixture.approve(manifest)).toEqual({ outcome: 'too-late' })
    expect(await approveRelease(fixture.ports)({ session: 'other', manifest, by: 'peter' })).toEqual({
      outcome: 'no-such-release',
    })
  })

  test('in the last minute sets a schedule that is not in the past', async () => {
    const { manifest } = await fixture.plan()
    fixture.clock.moveTo((instant - minute) as never)
    await fixture.approve(manifest)
    expect(fixture.schedules[0]?.at).toBeGreaterThan(fixture.clock.now())
  })
})
