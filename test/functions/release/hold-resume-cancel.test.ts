import { beforeEach, describe, expect, test } from '@jest/globals'
import { cancelReleaseHandler } from '../../../functions/release/cancel-release/handler.ts'
import { holdReleaseHandler } from '../../../functions/release/hold-release/handler.ts'
import { holdRelease } from '../../../functions/release/hold-release/hold-release.ts'
import { resumeReleaseHandler } from '../../../functions/release/resume-release/handler.ts'
import { later, minute, second, toIso } from '../../../shared/domain/time.ts'
import { httpEvent, send } from '../../support/http-event.ts'
import { recordingLog } from '../../support/log.ts'
import { mailDay } from '../../support/mail-day.ts'
import { instant, releaseAt, session } from '../../support/release-day.ts'

/** One person stops, lets go on and ends what two people agreed to: R63. */
let day: ReturnType<typeof mailDay>
beforeEach(async () => {
  day = mailDay()
  await day.load(20)
})
const someone = 'ID000003'
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('a hold before the instant', () => {
  test('keeps everything shut at the instant, whatever fires, and shows nobody that it is there', async () => {
    const releaseId = await day.prepare()
    expect(await day.hold()).toMatchObject({ outcome: 'taken', release: { state: 'held', approvedBy: 'peter' } })
    day.clock.moveTo(instant)
    expect(await day.fire(releaseId)).toEqual({ outcome: 'not-approved', session })
    expect(await day.sweep()).toEqual([])
    expect(day.visible(someone)).toBeUndefined()
    expect(day.told()).toEqual([])
  })

  test('stops a release that is waiting for its instant', async () => {
    const releaseId = await day.prepare()
    day.clock.moveTo(later(instant, -minute))
    const fired = day.fire(releaseId)
    await settle()
    await day.hold()
    day.clock.moveTo(instant)
    expect(await fired).toEqual({ outcome: 'not-approved', session })
    expect(day.visible(someone)).toBeUndefined()
  })

  test('let go on in time, it opens at its instant, by a schedule of its own', async () => {
    const releaseId = await day.prepare()
    await day.hold()
    expect(await day.resume('paula')).toMatchObject({ outcome: 'taken', release: { state: 'approved' } })
    expect(day.schedules.at(-1)).toEqual({ releaseId, at: instant - 90 * second })
    day.clock.moveTo(instant)
    expect(await day.fire(releaseId)).toMatchObject({ outcome: 'released', releasedAt: instant })
    expect(day.visible(someone)).toBeDefined()
  })

  test('let go on after the instant, it opens at once', async () => {
    const releaseId = await day.prepare()
    await day.hold()
    day.clock.moveTo(later(instant, 10 * minute))
    await day.resume()
    expect(day.schedules.at(-1)).toEqual({ releaseId, at: instant + 10 * minute + 2 * second })
    expect(day.visible(someone)).toBeUndefined()
    expect(await day.sweep()).toMatchObject([{ value: { outcome: 'released' } }])
    expect(day.visible(someone)).toBeDefined()
  })

  test('that came before the results were sealed has them sealed after it', async () => {
    const { manifest, releaseId } = await day.plan()
    await day.approve(manifest)
    await day.hold()
    expect(await day.seal(releaseId)).toEqual({ outcome: 'nothing-to-seal' })
    await day.resume()
    expect(day.releases.events.at(-1)).toMatchObject({ type: 'release-approved', detail: { releaseId, session } })
    expect(await day.seal(releaseId)).toEqual({ outcome: 'sealed', count: 20 })
  })

  test('does not outlive a change: what two people agreed to is void, and cannot be let go on', async () => {
    await day.prepare()
    await day.hold()
    await day.addResult(someone, { grade: 'A', version: 2 })
    await day.releases.voidPlan(session)
    expect(await day.resume()).toMatchObject({ outcome: 'not-now', release: { state: 'planned' } })
    day.clock.moveTo(instant)
    await day.sweep()
    expect(day.visible(someone)).toBeUndefined()
  })
})

describe('a hold after the instant', () => {
  test('hides what was visible, and shows it again as it was', async () => {
    await day.release()
    const before = day.visible(someone)
    await day.hold()
    expect(day.visible(someone)).toBeUndefined()
    day.clock.advance(minute)
    await day.resume('paula')
    expect(day.visible(someone)).toEqual(before)
    expect(day.releases.rows.get(session)).toMatchObject({ state: 'released', releasedAt: instant })
  })

  test('stops mails before they are claimed, and lets the rest go once', async () => {
    const releaseId = await day.release()
    await day.announce(releaseId)
    await day.planAll()
    await day.hold()
    await day.sendAll()
    expect([day.count('pending'), day.mail.accepted.length]).toEqual([20, 0])
    await day.resume()
    await day.sendAll()
    expect(day.count('accepted')).toBe(20)
    expect(new Set(day.mail.accepted.map(({ to }) => to)).size).toBe(20)
    expect(day.mail.accepted).toHaveLength(20)
  })

  test('that kept the mails from being planned has them planned after it, once', async () => {
    const releaseId = await day.release()
    await day.announce(releaseId)
    await day.hold()
    await day.planAll()
    expect(day.planned()).toBe(0)
    await day.resume()
    const again = day.told().at(-1)
    expect(again?.detail).toEqual({ version: 1, releaseId, session, releasedAt: toIso(instant) })
    for (let delivery = 0; delivery < 2; delivery++) {
      await day.announce(releaseId)
      await day.planAll()
    }
    expect(day.planned()).toBe(20)
  })
})

describe('a cancelled release', () => {
  test('never happens, its schedule included, and can be planned anew by two people', async () => {
    const releaseId = await day.prepare()
    expect(await day.cancel()).toMatchObject({ outcome: 'taken', release: { state: 'cancelled' } })
    day.clock.moveTo(instant)
    expect(await day.fire(releaseId)).toEqual({ outcome: 'not-approved', session })
    await day.sweep()
    expect(day.visible(someone)).toBeUndefined()
    const { manifest, releaseId: next } = await day.plan('olga', '2026-12-02T09:00:00.000Z')
    expect(next).not.toBe(releaseId)
    expect(await day.approve(manifest)).toMatchObject({ outcome: 'approved' })
  })

  test('is none that has been opened, held or not', async () => {
    await day.release()
    expect(await day.cancel()).toMatchObject({ outcome: 'not-now' })
    await day.hold()
    expect(await day.cancel()).toMatchObject({ outcome: 'not-now', release: { state: 'held' } })
  })
})

describe('each step', () => {
  test('said again by the same person is done already, and written down once', async () => {
    await day.prepare()
    for (const step of ['hold', 'resume', 'cancel'] as const) {
      for (let time = 0; time < 2; time++) expect(await day[step]()).toMatchObject({ outcome: 'taken' })
      expect(await day[step]('paula')).toMatchObject({ outcome: 'not-now' })
    }
    expect(day.releases.audit.map(({ action, by }) => `${action} ${by}`)).toEqual([
      'release-planned olga',
      'release-approved peter',
      'release-held olga',
      'release-resumed olga',
      'release-cancelled olga',
    ])
  })

  test('looks again when somebody else was quicker', async () => {
    await day.prepare()
    let looks = 0
    const releases = {
      find: async (of: string) => {
        const seen = await day.releases.find(of)
        if (looks++ === 0) await day.cancel('paula')
        return seen
      },
    }
    expect(await holdRelease({ ...day.ports, releases })({ session, by: 'olga' })).toMatchObject({
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
      holdRelease: holdReleaseHandler(({ by }) => day.hold(by), options),
      resumeRelease: resumeReleaseHandler(({ by }) => day.resume(by), options),
      cancelRelease: cancelReleaseHandler(({ by }) => day.cancel(by), options),
    }
    const userArn = `arn:aws:sts::000000000000:assumed-role/operator/${by}`
    return send(handlers[name], httpEvent(name, { userArn, pathParameters: { session: of } }))
  }

  test('the answer is the release as it stands now', async () => {
    await day.prepare()
    expect(await call('holdRelease')).toMatchObject({
      statusCode: 200,
      json: { session, state: 'held', releaseAt, approvedBy: 'peter', lastStep: { step: 'hold', by: 'olga' } },
    })
    expect(await call('resumeRelease')).toMatchObject({ statusCode: 200, json: { state: 'approved' } })
    expect(await call('cancelRelease')).toMatchObject({ statusCode: 200, json: { state: 'cancelled' } })
  })

  test('a refusal says how it stands and what to do', async () => {
    const refused = async (name: Parameters<typeof call>[0]) => {
      const { statusCode, json } = await call(name, session, 'paula')
      return [statusCode, json?.code, json?.detail].join(' ')
    }
    expect(await refused('holdRelease')).toMatch(/404 no-such-release/)
    await day.plan()
    expect(await refused('holdRelease')).toMatch(/409 release-refused Nobody has approved it.*release cancel/)
    expect(await refused('resumeRelease')).toMatch(/It is not held, it is planned\./)
    await day.cancel()
    expect(await refused('holdRelease')).toMatch(/cancelled by olga/)
    expect(await refused('resumeRelease')).toMatch(/plan it again/)
    expect(await refused('cancelRelease')).toMatch(/cancelled already by olga/)
    await day.release()
    expect(await refused('cancelRelease')).toMatch(/release hold.*correction/)
    await day.hold()
    expect(await refused('holdRelease')).toMatch(/held already by olga/)
    expect(await refused('cancelRelease')).toMatch(/release hold.*correction/)
  })

  test('what was voided during a hold is to be planned again', async () => {
    await day.prepare()
    await day.hold()
    await day.releases.voidPlan(session)
    expect((await call('resumeRelease')).json?.detail).toMatch(/has changed while it was held\. Plan it again/)
  })
})
