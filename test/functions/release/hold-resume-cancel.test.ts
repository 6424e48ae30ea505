import { beforeEach, describe, expect, test } from '@jest/globals'
import { cancelReleaseHandler } from '../../../functions/release/cancel-release/handler.ts'
import { holdReleaseHandler } from '../../../functions/release/hold-release/handler.ts'
import { holdRelease } from '../../../functions/release/hold-release/hold-release.ts'
import { resumeReleaseHandler } from '../../../functions/release/resume-release/handler.ts'
import { later, minute, second, toIso } from '../../../shared/domain/time.ts'
import { httpEvent, send } from '../../support/http-event.ts'
import { recordingLog } from '../../support/log.ts'
import { mailFixture } from '../../support/mail-fixture.ts'
import { instant, releaseAt, session } from '../../support/release-fixture.ts'

/** One person stops, lets go on and ends what two people agreed to: R63. */
let fixture: ReturnType<typeof mailFixture>
beforeEach(async () => {
  fixture = mailFixture()
  await fixture.load(20)
})
const someone = 'ID000003'
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a hold before the instant', () => {
  test('keeps everything hidden at the instant, whatever fires, and is itself invisible to candidates', async () => {
    const releaseId = await fixture.prepare()
    expect(await fixture.hold()).toMatchObject({ outcome: 'taken', release: { state: 'held', approvedBy: 'peter' } })
    fixture.clock.moveTo(instant)
    expect(await fixture.fire(releaseId)).toEqual({ outcome: 'not-approved', session })
    expect(await fixture.sweep()).toEqual([])
    expect(fixture.visible(someone)).toBeUndefined()
    expect(fixture.told()).toEqual([])
  })

  test('stops a release that is waiting for its instant', async () => {
    const releaseId = await fixture.prepare()
    fixture.clock.moveTo(later(instant, -minute))
    const fired = fixture.fire(releaseId)
    await settle()
    await fixture.hold()
    fixture.clock.moveTo(instant)
    expect(await fired).toEqual({ outcome: 'not-approved', session })
    expect(fixture.visible(someone)).toBeUndefined()
  })

  test('resumed in time, it opens at its instant, by a new schedule', async () => {
    const releaseId = await fixture.prepare()
    await fixture.hold()
    expect(await fixture.resume('paula')).toMatchObject({ outcome: 'taken', release: { state: 'approved' } })
    expect(fixture.schedules.at(-1)).toEqual({ releaseId, at: instant - 90 * second })
    fixture.clock.moveTo(instant)
    expect(await fixture.fire(releaseId)).toMatchObject({ outcome: 'released', releasedAt: instant })
    expect(fixture.visible(someone)).toBeDefined()
  })

  test('resumed after the instant, it opens immediately', async () => {
    const releaseId = await fixture.prepare()
    await fixture.hold()
    fixture.clock.moveTo(later(instant, 10 * minute))
    await fixture.resume()
    expect(fixture.schedules.at(-1)).toEqual({ releaseId, at: instant + 10 * minute + 2 * second })
    expect(fixture.visible(someone)).toBeUndefined()
    expect(await fixture.sweep()).toMatchObject([{ value: { outcome: 'released' } }])
    expect(fixture.visible(someone)).toBeDefined()
  })

  test('before sealing delays the sealing until it ends', async () => {
    const { manifest, releaseId } = await fixture.plan()
    await fixture.approve(manifest)
    await fixture.hold()
    expect(await fixture.seal(releaseId)).toEqual({ outcome: 'nothing-to-seal' })
    await fixture.resume()
    expect(fixture.releases.events.at(-1)).toMatchObject({ type: 'release-approved', detail: { releaseId, session } })
    expect(await fixture.seal(releaseId)).toEqual({ outcome: 'sealed', count: 20 })
  })

  test('does not preserve an approval: after a change the plan is void, and cannot be resumed', async () => {
    await fixture.prepare()
    await fixture.hold()
    await fixture.addResult(someone, { grade: 'A', version: 2 })
    await fixture.releases.voidPlan(session)
    expect(await fixture.resume()).toMatchObject({ outcome: 'not-now', release: { state: 'planned' } })
    fixture.clock.moveTo(instant)
    await fixture.sweep()
    expect(fixture.visible(someone)).toBeUndefined()
  })
})

describe('a hold after the instant', () => {
  test('hides what was visible, and shows it again unchanged', async () => {
    await fixture.release()
    const before = fixture.visible(someone)
    await fixture.hold()
    expect(fixture.visible(someone)).toBeUndefined()
    fixture.clock.advance(minute)
    await fixture.resume('paula')
    expect(fixture.visible(someone)).toEqual(before)
    expect(fixture.releases.rows.get(session)).toMatchObject({ state: 'released', releasedAt: instant })
  })

  test('stops mails before they are claimed, and the rest is sent once after it', async () => {
    const releaseId = await fixture.release()
    await fixture.announce(releaseId)
    await fixture.planAll()
    await fixture.hold()
    await fixture.sendAll()
    expect([fixture.count('pending'), fixture.mail.accepted.length]).toEqual([20, 0])
    await fixture.resume()
    await fixture.sendAll()
    expect(fixture.count('accepted')).toBe(20)
    expect(new Set(fixture.mail.accepted.map(({ to }) => to)).size).toBe(20)
    expect(fixture.mail.accepted).toHaveLength(20)
  })

  test('before the mails were planned delays planning until it ends, and they are planned once', async () => {
    const releaseId = await fixture.release()
    await fixture.announce(releaseId)
    await fixture.hold()
    await fixture.planAll()
    expect(fixture.planned()).toBe(0)
    await fixture.resume()
    const again = fixture.told().at(-1)
    expect(again?.detail).toEqual({ version: 1, releaseId, session, releasedAt: toIso(instant) })
    for (let delivery = 0; delivery < 2; delivery++) {
      await fixture.announce(releaseId)
      await fixture.planAll()
    }
    expect(fixture.planned()).toBe(20)
  })
})

describe('a cancelled release', () => {
  test('never opens, has no schedule, and can be planned again by two people', async () => {
    const releaseId = await fixture.prepare()
    expect(await fixture.cancel()).toMatchObject({ outcome: 'taken', release: { state: 'cancelled' } })
    fixture.clock.moveTo(instant)
    expect(await fixture.fire(releaseId)).toEqual({ outcome: 'not-approved', session })
    await fixture.sweep()
    expect(fixture.visible(someone)).toBeUndefined()
    const { manifest, releaseId: next } = await fixture.plan('olga', '2026-12-02T09:00:00.000Z')
    expect(next).not.toBe(releaseId)
    expect(await fixture.approve(manifest)).toMatchObject({ outcome: 'approved' })
  })

  test('cannot have been opened, held or not', async () => {
    await fixture.release()
    expect(await fixture.cancel()).toMatchObject({ outcome: 'not-now' })
    await fixture.hold()
    expect(await fixture.cancel()).toMatchObject({ outcome: 'not-now', release: { state: 'held' } })
  })
})

describe('each step', () => {
  test('repeated by the same person has no further effect, and one audit line', async () => {
    await fixture.prepare()
    for (const step of ['hold', 'resume', 'cancel'] as const) {
      for (let time = 0; time < 2; time++) expect(await fixture[step]()).toMatchObject({ outcome: 'taken' })
      expect(await fixture[step]('paula')).toMatchObject({ outcome: 'not-now' })
    }
    expect(fixture.releases.audit.map(({ action, by }) => `${action} ${by}`)).toEqual([
      'release-planned olga',
      'release-approved peter',
      'release-held olga',
      'release-resumed olga',
      'release-cancelled olga',
    ])
  })

  test('reads again when somebody else was faster', async () => {
    await fixture.prepare()
    let looks = 0
    const releases = {
      find: async (of: string) => {
        const seen = await fixture.releases.find(of)
        if (looks++ === 0) await fixture.cancel('paula')
        return seen
      },
    }
    expect(await holdRelease({ ...fixture.ports, releases })({ session, by: 'olga' })).toMatchObject({
      outcome: 'not-now',
      release: { state: 'cancelled' },
    })
    expect(looks).toBe(2)
  })
})

describe('over HTTP', () => {
  const log = recordingLog()
  const call = (name: 'holdRelease' | 'resumeRelease' | 'cancelRelease', of = session, by = 'olga') => {
    const options = { log }
    const handlers = {
      holdRelease: holdReleaseHandler(({ by }) => fixture.hold(by), options),
      resumeRelease: resumeReleaseHandler(({ by }) => fixture.resume(by), options),
      cancelRelease: cancelReleaseHandler(({ by }) => fixture.cancel(by), options),
    }
    const userArn = `arn:aws:sts::000000000000:assumed-role/operator/${by}`
    return send(handlers[name], httpEvent(name, { userArn, pathParameters: { session: of } }))
  }

  test('the response is the current state of the release', async () => {
    await fixture.prepare()
    expect(await call('holdRelease')).toMatchObject({
      statusCode: 200,
      json: { session, state: 'held', releaseAt, approvedBy: 'peter', lastStep: { step: 'hold', by: 'olga' } },
    })
    expect(await call('resumeRelease')).toMatchObject({ statusCode: 200, json: { state: 'approved' } })
    expect(await call('cancelRelease')).toMatchObject({ statusCode: 200, json: { state: 'cancelled' } })
  })

  test('a refusal states the current state and what to do', async () => {
    const refused = async (name: Parameters<typeof call>[0]) => {
      const { statusCode, json } = await call(name, session, 'paula')
      return [statusCode, json?.code, json?.detail].join(' ')
    }
    expect(await refused('holdRelease')).toMatch(/404 no-such-release/)
    await fixture.plan()
    expect(await refused('holdRelease')).toMatch(/409 release-refused Nobody has approved it.*release cancel/)
    expect(await refused('resumeRelease')).toMatch(/It is not held, it is planned\./)
    await fixture.cancel()
    expect(await refused('holdRelease')).toMatch(/cancelled by olga/)
    expect(await refused('resumeRelease')).toMatch(/plan it again/)
    expect(await refused('cancelRelease')).toMatch(/cancelled already by olga/)
    await fixture.release()
    expect(await refused('cancelRelease')).toMatch(/release hold.*correction/)
    await fixture.hold()
    expect(await refused('holdRelease')).toMatch(/held already by olga/)
    expect(await refused('cancelRelease')).toMatch(/release hold.*correction/)
  })

  test('a plan voided during a hold has to be made again', async () => {
    await fixture.prepare()
    await fixture.hold()
    await fixture.releases.voidPlan(session)
    expect((await call('resumeRelease')).json?.detail).toMatch(/have changed while it was held\. Plan it again/)
  })
})
