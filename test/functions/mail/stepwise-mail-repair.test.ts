import { describe, expect, test } from '@jest/globals'
import {
  type ReconcileOutcome,
  reconcileResultEmails,
} from '../../../functions/mail/reconcile-result-emails/reconcile-result-emails.ts'
import {
  type ResendOutcome,
  resendUnknownEmails,
} from '../../../functions/mail/resend-unknown-emails/resend-unknown-emails.ts'
import { claimTimeout } from '../../../shared/domain/email-batch.ts'
import { day, second } from '../../../shared/domain/time.ts'
import type { Fate } from '../../support/in-memory/mail-service.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { mailFixture } from '../../support/mail-fixture.ts'
import { session } from '../../support/release-fixture.ts'

/** A hundred batches are looked at in one read: so many mails need several, in two lanes. */
const many = 10_500

type MailDay = ReturnType<typeof mailFixture>

/** Nobody knows of any mail whether it was sent; none was. A day has passed. */
const unknownDay = async (count = many) => {
  let fate: Fate = 'lost-before'
  const fixture = mailFixture(() => fate)
  await fixture.load(count)
  await fixture.announce(await fixture.release())
  await fixture.planAll()
  await fixture.sendAll()
  fixture.clock.advance(day)
  fate = 'taken'
  return fixture
}

/** A machine so slow that each step has time for one read only. */
const slowly = (fixture: MailDay) => {
  let now = 0
  return { ...fixture.ports, timer: { ...fixture.ports.timer, now: () => (now += 9 * second) } }
}

const resendAll = async (ports: MailDay['ports'], by = 'olga') => {
  const steps: Extract<ResendOutcome, { outcome: 'resent' }>[] = []
  for (let after: string | undefined; ; ) {
    const step = await resendUnknownEmails(ports)({ session, by, after })
    if (step.outcome !== 'resent') throw new Error(step.outcome)
    steps.push(step)
    if (step.next === undefined) return { steps, resent: steps.reduce((sum, { resent }) => sum + resent, 0) }
    after = step.next
  }
}

const duplicates = ({ mail }: MailDay) => mail.accepted.length - new Set(mail.accepted.map(({ to }) => to)).size

describe('unknown mails are resent in steps', () => {
  test('each of limited size, together covering everything', async () => {
    const fixture = await unknownDay()
    const { steps, resent } = await resendAll(slowly(fixture))
    expect(resent).toBe(many)
    expect(steps.length).toBeGreaterThan(2)
    expect(Math.max(...steps.map((step) => step.resent))).toBeLessThanOrEqual(100 * 49)
    expect(fixture.audit).toHaveLength(steps.length)
    // A wave has some forty batches and is put on the queue once for each read.
    expect(fixture.emails.length).toBeLessThan(20)
    await fixture.sendAll()
    expect([fixture.count('accepted'), duplicates(fixture)]).toEqual([many, 0])
  })

  test('and in one step on a fast machine', async () => {
    const fixture = await unknownDay()
    expect((await resendAll(fixture.ports)).steps).toMatchObject([{ resent: many, tooEarly: 0, resentBefore: 0 }])
  })

  test('two operators at once send nobody two mails, and each gets the count of their own', async () => {
    const fixture = await unknownDay()
    const [olga, piet] = await Promise.all([resendAll(slowly(fixture), 'olga'), resendAll(slowly(fixture), 'piet')])
    expect(olga.resent + piet.resent).toBe(many)
    await fixture.sendAll()
    expect([fixture.count('accepted'), duplicates(fixture)]).toEqual([many, 0])
  })

  test('killed at any call and repeated, it sends everybody one mail', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at++) {
        const fixture = await unknownDay(300)
        const { mortal, state } = killAtCall(at, when)
        const { ports } = fixture
        const dying = { ...ports, remedies: mortal(ports.remedies), queues: mortal(ports.queues) }
        await resendAll({ ...dying, ledger: mortal(ports.ledger) }).catch(() => undefined)
        if (!state.isDead) break
        await resendAll(ports)
        await fixture.sendAll()
        expect([at, when, fixture.count('accepted'), duplicates(fixture)]).toEqual([at, when, 300, 0])
      }
    }
  })

  /** While one operator has looked and not written yet, another has everything sent again. */
  const overtaken = async (fixture: MailDay, remedies: MailDay['ports']['remedies']) => {
    let isFirst = true
    return resendAll({
      ...fixture.ports,
      remedies: {
        ...remedies,
        async sendAgain(batch, positions) {
          if (isFirst) {
            isFirst = false
            await resendAll(fixture.ports, 'piet')
            await fixture.sendAll()
          }
          return remedies.sendAgain(batch, positions)
        },
      },
    })
  }

  test('a step whose data changed between read and write changes nothing', async () => {
    const fixture = await unknownDay(200)
    expect((await overtaken(fixture, fixture.ports.remedies)).resent).toBeLessThan(200)
    await fixture.sendAll()
    expect([fixture.count('accepted'), duplicates(fixture)]).toEqual([200, 0])
  })

  test('broken variant: an unconditional write sends the same mails twice', async () => {
    const fixture = await unknownDay(200)
    const { remedies } = fixture.ports
    await overtaken(fixture, {
      ...remedies,
      sendAgain: async (batch, positions) => {
        const stored = fixture.deliveries.batches.get(`${batch.scope} ${batch.item}`)
        return remedies.sendAgain({ ...batch, revision: stored?.revision ?? 0 }, positions)
      },
    })
    await fixture.sendAll()
    expect(duplicates(fixture)).toBeGreaterThan(0)
  })
})

describe('reconciling is done in steps', () => {
  const reconcileAll = async (ports: MailDay['ports']) => {
    const steps: Extract<ReconcileOutcome, { outcome: 'reconciled' }>[] = []
    for (let after: string | undefined; ; ) {
      const step = await reconcileResultEmails(ports)(session, undefined, after)
      if (step.outcome !== 'reconciled') throw new Error(step.outcome)
      steps.push(step)
      if (step.next === undefined) break
      after = step.next
    }
    const sum = (of: 'settled' | 'unknown' | 'requeued') => steps.reduce((all, step) => all + step[of], 0)
    return { steps, settled: sum('settled'), unknown: sum('unknown'), requeued: sum('requeued') }
  }
  /** Every sender died in its call; nobody knows what became of the mails. */
  const abandonedDay = async (count = many) => {
    const fixture = mailFixture()
    await fixture.load(count)
    await fixture.announce(await fixture.release())
    await fixture.planAll()
    fixture.emails.splice(0)
    for (const [key, batch] of fixture.deliveries.batches) {
      const deliveries = batch.deliveries.map(({ idNumber }) => ({ idNumber, state: 'claimed' as const }))
      fixture.deliveries.batches.set(key, { ...batch, deliveries, revision: 1, claimedAt: fixture.clock.now() })
    }
    fixture.clock.advance(claimTimeout)
    return fixture
  }

  test('each of limited size, together covering everything; repeated, there is nothing left to settle', async () => {
    const fixture = await abandonedDay()
    const { steps, ...sum } = await reconcileAll(slowly(fixture))
    expect(steps.length).toBeGreaterThan(2)
    expect(sum).toEqual({ settled: many, unknown: many, requeued: 0 })
    expect(await reconcileAll(slowly(fixture))).toMatchObject({ settled: 0, unknown: many })
  })

  test('two operators at once settle each mail once', async () => {
    const fixture = await abandonedDay()
    const [one, other] = await Promise.all([reconcileAll(slowly(fixture)), reconcileAll(slowly(fixture))])
    expect(one.settled + other.settled).toBe(many)
    expect(fixture.count('unknown')).toBe(many)
  })

  test('waiting mails are queued wave by wave, but not while the release is held', async () => {
    const fixture = mailFixture()
    await fixture.load(3_000)
    await fixture.announce(await fixture.release())
    await fixture.planAll()
    const waves = fixture.emails.splice(0)
    await fixture.hold()
    expect(await reconcileAll(fixture.ports)).toMatchObject({ requeued: 0 })
    expect(fixture.emails).toEqual([])
    await fixture.resume()
    expect(await reconcileAll(fixture.ports)).toMatchObject({ requeued: 3_000 })
    expect(new Set(fixture.emails.map(({ wave }) => wave))).toEqual(new Set(waves.map(({ wave }) => wave)))
    await fixture.sendAll()
    expect([fixture.count('accepted'), duplicates(fixture)]).toEqual([3_000, 0])
  })

  test.each(['', 'nonsense', '99.', '-1.batch'])('an invalid position (%j) does no harm', async (after) => {
    const fixture = await abandonedDay(60)
    expect(await reconcileResultEmails(fixture.ports)(session, undefined, after)).toMatchObject({
      outcome: 'reconciled',
    })
  })
})

test('for a correction without mails both report it, and write no audit line', async () => {
  const fixture = await unknownDay(60)
  const correctionId = 'no-such-correction'
  expect(await resendUnknownEmails(fixture.ports)({ session, by: 'olga', correctionId })).toEqual({
    outcome: 'nothing-planned',
  })
  expect(await reconcileResultEmails(fixture.ports)(session, correctionId)).toEqual({ outcome: 'nothing-planned' })
  expect(fixture.audit).toEqual([])
})
