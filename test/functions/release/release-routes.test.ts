import { beforeEach, describe, expect, test } from '@jest/globals'
import { approveRelease } from '../../../functions/release/approve-release/approve-release.ts'
import { approveReleaseHandler } from '../../../functions/release/approve-release/handler.ts'
import { planReleaseHandler } from '../../../functions/release/plan-release/handler.ts'
import { planRelease } from '../../../functions/release/plan-release/plan-release.ts'
import { releaseResultsHandler } from '../../../functions/release/release-results/handler.ts'
import { releaseSession, sweepReleases } from '../../../functions/release/release-results/release-results.ts'
import { sealResultsHandler } from '../../../functions/release/seal-results/handler.ts'
import { sealCorrection, sealResults } from '../../../functions/release/seal-results/seal-results.ts'
import { showReleaseHandler } from '../../../functions/release/show-release/handler.ts'
import { showRelease } from '../../../functions/release/show-release/show-release.ts'
import { httpEvent, send, siteUrl } from '../../support/http-event.ts'
import { recordingLog } from '../../support/log.ts'
import { instant, releaseAt, releaseFixture, session } from '../../support/release-fixture.ts'

const arn = (name: string) => `arn:aws:sts::000000000000:assumed-role/operator/${name}`

const setUp = async () => {
  const fixture = releaseFixture()
  await fixture.load(10)
  const log = recordingLog()
  const [plan, approve, show] = [
    planReleaseHandler(planRelease(fixture.ports), siteUrl, { log }),
    approveReleaseHandler(approveRelease(fixture.ports), { log }),
    showReleaseHandler(showRelease(fixture.ports), { log }),
  ]
  return {
    base: fixture,
    log,
    plan: (body: object, by = 'olga') => send(plan, httpEvent('planRelease', { body, userArn: arn(by) })),
    approve: (manifest: unknown, by = 'peter') =>
      send(approve, httpEvent('approveRelease', { body: { manifest }, userArn: arn(by), pathParameters: { session } })),
    show: (of = session) =>
      send(show, httpEvent('showRelease', { userArn: arn('olga'), pathParameters: { session: of } })),
    seal: sealResultsHandler(
      { sealResults: sealResults(fixture.ports), sealCorrection: sealCorrection(fixture.ports) },
      log,
    ),
    fire: releaseResultsHandler(
      { releaseSession: releaseSession(fixture.ports), sweepReleases: sweepReleases(fixture.ports) },
      log,
    ),
  }
}
let here: Awaited<ReturnType<typeof setUp>>
beforeEach(async () => {
  here = await setUp()
})

test('a refused approval states the reason and what to do', async () => {
  const { json } = await here.plan({ session, releaseAt })
  const again = async (by = 'anna') => (await here.approve(json?.manifest, by)).json?.detail
  await here.approve(json?.manifest)
  expect(await again()).toBe('It is approved already by peter; nothing is left to do.')
  await here.base.hold()
  expect(await again()).toMatch(/release resume/)
  await here.base.cancel()
  expect(await again()).toMatch(/Plan it again/)
})

test('two people release a session, step by step (R63)', async () => {
  const planned = await here.plan({ session, releaseAt })
  expect(planned.statusCode).toBe(201)
  expect(planned.json).toMatchObject({
    session,
    state: 'planned',
    releaseAt,
    plannedBy: 'olga',
    counts: { results: 10, sealed: 0 },
    preview: { outliers: [] },
    findings: { blankNames: [] },
  })
  const samples = planned.json?.samples as { language: string; subject: string; text: string }[]
  expect(samples.map(({ language }) => language)).toEqual(['en', 'es', 'it', 'fr', 'de'])
  for (const { subject, text } of samples) {
    expect(text).toContain('Sample Candidate')
    expect(text).toContain('B2 First')
    expect(text).toContain(siteUrl)
    expect(`${subject}${text}`).not.toMatch(/\{\{/)
  }
  expect(await here.approve(planned.json?.manifest, 'olga')).toMatchObject({
    statusCode: 409,
    json: { code: 'same-person' },
  })
  expect(await here.approve(planned.json?.manifest)).toMatchObject({
    statusCode: 200,
    json: { state: 'approved', approvedBy: 'peter' },
  })

  const detail = here.base.releases.events[0]?.detail
  const envelope = {
    id: 'x',
    source: 'results-service',
    'detail-type': 'release-approved',
    time: releaseAt,
    resources: [],
    detail,
  }
  expect(await here.seal({ Records: [{ messageId: 'm', body: JSON.stringify(envelope) }] } as never)).toEqual({
    batchItemFailures: [],
  })
  expect((await here.show()).json).toMatchObject({ state: 'approved', counts: { sealed: 10 } })

  here.base.clock.moveTo(instant)
  await here.fire({ session, releaseId: planned.json?.releaseId })
  expect((await here.show()).json).toMatchObject({ state: 'released', releasedAt: releaseAt })
  expect(await here.plan({ session, releaseAt: '2026-12-02T09:00:00.000Z' })).toMatchObject({
    statusCode: 400,
    json: { code: 'malformed-request', fields: [{ path: 'notify', code: 'required' }] },
  })
})

describe('a refusal states what is wrong:', () => {
  test.each([
    ['a session that cannot be one', { session: 'X', releaseAt }, 400, { fields: [{ path: 'session' }] }],
    [
      'an instant that is none',
      { session, releaseAt: 'tomorrow' },
      400,
      { fields: [{ path: 'releaseAt', code: 'not-an-instant' }] },
    ],
    [
      'an instant that has passed',
      { session, releaseAt: '2020-01-01T00:00:00Z' },
      400,
      { fields: [{ code: 'not-in-the-future' }] },
    ],
    ['a session without results', { session: 'none', releaseAt }, 409, { code: 'release-refused' }],
  ])('%s', async (_, body, statusCode, json) => {
    expect(await here.plan(body)).toMatchObject({ statusCode, json })
  })

  test('nothing is planned', async () => {
    expect(await here.show('none')).toMatchObject({ statusCode: 404, json: { code: 'no-such-release' } })
    expect(await here.approve('x')).toMatchObject({ statusCode: 404, json: { code: 'no-such-release' } })
  })

  test('the counts have changed', async () => {
    const { json } = await here.plan({ session, releaseAt })
    await here.base.addResult('ID000001', { grade: 'A', version: 2 })
    expect(await here.approve(json?.manifest)).toMatchObject({ statusCode: 409, json: { code: 'manifest-changed' } })
  })
})

describe('release-results', () => {
  test('fails its invocation while a due release is blocked, and logs the reason', async () => {
    const { manifest, releaseId } = await here.base.plan()
    await here.base.approve(manifest)
    here.base.clock.moveTo(instant)
    await expect(here.fire({ session, releaseId })).rejects.toThrow('did not happen')
    await expect(here.fire({ sweep: true })).rejects.toThrow('did not happen')
    expect(here.log.lines).toContainEqual({
      level: 'error',
      message: 'release blocked',
      fields: { session, reason: 'not-sealed' },
    })
  })

  test('refuses an invalid trigger', async () => {
    await expect(here.fire({ session })).rejects.toThrow()
    await here.fire({ sweep: true })
  })
})
