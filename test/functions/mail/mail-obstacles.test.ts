import { beforeEach, describe, expect, test } from '@jest/globals'
import { reportResultEmails } from '../../../functions/mail/report-result-emails/report-result-emails.ts'
import { minute } from '../../../shared/domain/time.ts'
import type { Fate } from '../../support/in-memory/mail-service.ts'
import { mailFixture } from '../../support/mail-fixture.ts'
import { session } from '../../support/release-fixture.ts'

let fate: Fate
let fixture: ReturnType<typeof mailFixture>
beforeEach(async () => {
  fate = 'taken'
  fixture = mailFixture(() => fate)
  await fixture.load(120)
})

/** Why nothing moves, and what to do, as the report says it. */
const told = async (correctionId?: string) => {
  const report = await reportResultEmails(fixture.ports)(session, correctionId)
  if (report.outcome !== 'reported') throw new Error(report.outcome)
  return report.obstacles.map(({ obstacle, says, todo }) => ({ obstacle, says, ...(todo && { todo }) }))
}
const released = async () => {
  const releaseId = await fixture.release()
  await fixture.announce(releaseId)
  return releaseId
}

describe('the report explains why no mail goes out', () => {
  test('before the release', async () => {
    const { manifest, releaseAt } = await fixture.plan()
    expect(await told()).toMatchObject([{ obstacle: 'not-released', todo: expect.stringContaining('release approve') }])
    await fixture.approve(manifest)
    const opensAt = new Date(releaseAt).toISOString()
    expect(await told()).toMatchObject([{ obstacle: 'not-released', says: expect.stringContaining(opensAt) }])
    await fixture.hold('piet')
    expect(await told()).toMatchObject([{ obstacle: 'held', says: expect.stringContaining('before its release') }])
    await fixture.cancel()
    expect(await told()).toMatchObject([{ obstacle: 'cancelled' }])
  })

  test('while mails are being planned', async () => {
    await released()
    expect(await told()).toMatchObject([{ obstacle: 'not-planned', todo: expect.stringContaining('dead-letters') }])
    await fixture.planAll()
    expect(await told()).toEqual([])
  })

  test('while it is held, with the person and the command to resume; not after it was resumed', async () => {
    await released()
    await fixture.planAll()
    await fixture.hold('piet')
    const [held, ...more] = await told()
    expect(held).toMatchObject({ obstacle: 'held', todo: expect.stringContaining(`release resume ${session}`) })
    expect(held?.says).toContain('by piet')
    expect(more).toEqual([])
    await fixture.resume()
    expect(await told()).toEqual([])
  })

  test.each<[Fate, string, string]>([
    ['over-quota', 'daily-quota', 'quota'],
    ['paused', 'service-unavailable', 'get-account'],
    ['poisonous', 'call-refused', 'log'],
  ])('while SES answers that it is %s, until the mails are tried again', async (answer, obstacle, todo) => {
    await released()
    await fixture.planAll()
    fate = answer
    await fixture.sendAll()
    const until = new Date(fixture.clock.now() + 15 * minute).toISOString()
    const [waiting, ...more] = await told()
    expect(waiting).toMatchObject({ obstacle, todo: expect.stringContaining(todo) })
    expect(waiting?.says).toContain(until)
    expect(more).toEqual([])
    fate = 'taken'
    fixture.clock.advance(15 * minute)
    expect(await told()).toEqual([])
    await fixture.sendAll()
    expect(await told()).toEqual([])
  })

  test('while the breaker has stopped it, or an alarm slows it down', async () => {
    const releaseId = await released()
    await fixture.planAll()
    fixture.sendRate.row.alarms.add('api-slow')
    expect(await told()).toMatchObject([{ obstacle: 'alarm', says: expect.stringContaining('api-slow') }])
    fixture.sendRate.row.stopped.add(releaseId)
    expect(await told()).toMatchObject([
      { obstacle: 'breaker', todo: expect.stringContaining(`release resume-mails ${session}`) },
      { obstacle: 'alarm' },
    ])
  })

  test('nothing once everybody has been mailed', async () => {
    await released()
    await fixture.planAll()
    await fixture.sendAll()
    fixture.sendRate.row.alarms.add('api-slow')
    await fixture.hold()
    expect(await told()).toEqual([])
  })

  test('for a correction that has not taken effect, or does not exist', async () => {
    await released()
    await fixture.planAll()
    await fixture.sendAll()
    expect(await told('no-such-correction')).toMatchObject([
      { obstacle: 'not-planned', todo: expect.stringContaining('release status') },
    ])
  })

  test.each(['', 'no id', 'x'.repeat(2_049)])('for %j, which is not even a valid key', async (correctionId) => {
    const asked: string[] = []
    const plan = async (id: string) => void asked.push(id)
    await released()
    const report = await reportResultEmails({ ...fixture.ports, ledger: { ...fixture.ports.ledger, plan } })(
      session,
      correctionId,
    )
    expect(report).toMatchObject({ outcome: 'reported', obstacles: [{ obstacle: 'not-planned' }] })
    expect(asked).toEqual([])
  })

  test('for a correction of another session: nothing about its mails', async () => {
    await released()
    await fixture.planAll()
    const { ledger } = fixture.ports
    const another = { ...ledger, plan: async (id: string) => ({ ...(await ledger.plan(id)), session: 'another' }) }
    const report = await reportResultEmails({ ...fixture.ports, ledger: another as typeof ledger })(session)
    expect(report).toMatchObject({ outcome: 'reported', counts: { planned: 0 } })
  })
})
