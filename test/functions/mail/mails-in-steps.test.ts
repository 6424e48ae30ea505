import { describe, expect, test } from '@jest/globals'
import {
  type ReconcileOutcome,
  reconcileResultEmails,
} from '../../../functions/mail/reconcile-result-emails/reconcile-result-emails.ts'
import {
  type ResendOutcome,
  resendUnknownEmails,
} from '../../../functions/mail/resend-unknown-emails/resend-unknown-emails.ts'
import { claimsLapseAfter } from '../../../shared/domain/email-batch.ts'
import { day as oneDay, second } from '../../../shared/domain/time.ts'
import { killer } from '../../support/faults.ts'
import type { Fate } from '../../support/in-memory/mail-service.ts'
import { mailDay } from '../../support/mail-day.ts'
import { session } from '../../support/release-day.ts'

/** A hundred batches are looked at in one read: so many mails need several, in two lanes. */
const many = 10_500

type MailDay = ReturnType<typeof mailDay>

/** Nobody knows of any mail whether it was sent; none was. A day has passed. */
const unknownDay = async (count = many) => {
  let fate: Fate = 'lost-before'
  const day = mailDay(() => fate)
  await day.load(count)
  await day.announce(await day.release())
  await day.planAll()
  await day.sendAll()
  day.clock.advance(oneDay)
  fate = 'taken'
  return day
}

/** A machine so slow that each step has time for one read only. */
const slowly = (day: MailDay) => {
  let now = 0
  return { ...day.ports, timer: { ...day.ports.timer, now: () => (now += 9 * second) } }
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

describe('sending again what is unknown goes in steps', () => {
  test('each bounded, and together they are the whole', async () => {
    const day = await unknownDay()
    const { steps, resent } = await resendAll(slowly(day))
    expect(resent).toBe(many)
    expect(steps.length).toBeGreaterThan(2)
    expect(Math.max(...steps.map((step) => step.resent))).toBeLessThanOrEqual(100 * 49)
    expect(day.audit).toHaveLength(steps.length)
    // A wave has some forty batches and is put on the queue once for each read.
    expect(day.emails.length).toBeLessThan(20)
    await day.sendAll()
    expect([day.count('accepted'), duplicates(day)]).toEqual([many, 0])
  })

  test('and a fast machine does it in one', async () => {
    const day = await unknownDay()
    expect((await resendAll(day.ports)).steps).toMatchObject([{ resent: many, tooEarly: 0, resentBefore: 0 }])
  })

  test('two operators at once send nobody two, and each says what was theirs', async () => {
    const day = await unknownDay()
    const [olga, piet] = await Promise.all([resendAll(slowly(day), 'olga'), resendAll(slowly(day), 'piet')])
    expect(olga.resent + piet.resent).toBe(many)
    await day.sendAll()
    expect([day.count('accepted'), duplicates(day)]).toEqual([many, 0])
  })

  test('killed at any call and said again, it sends everybody theirs, once', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at++) {
        const day = await unknownDay(300)
        const { mortal, state } = killer(at, when)
        const { ports } = day
        const dying = { ...ports, remedies: mortal(ports.remedies), queues: mortal(ports.queues) }
        await resendAll({ ...dying, ledger: mortal(ports.ledger) }).catch(() => undefined)
        if (!state.isDead) break
        await resendAll(ports)
        await day.sendAll()
        expect([at, when, day.count('accepted'), duplicates(day)]).toEqual([at, when, 300, 0])
      }
    }
  })

  /** While one operator has looked and not written yet, another has everything sent again. */
  const overtaken = async (day: MailDay, remedies: MailDay['ports']['remedies']) => {
    let isFirst = true
    return resendAll({
      ...day.ports,
      remedies: {
        ...remedies,
        async sendAgain(batch, positions) {
          if (isFirst) {
            isFirst = false
            await resendAll(day.ports, 'piet')
            await day.sendAll()
          }
          return remedies.sendAgain(batch, positions)
        },
      },
    })
  }

  test('an operator who was overtaken between looking and writing changes nothing any more', async () => {
    const day = await unknownDay(200)
    expect((await overtaken(day, day.ports.remedies)).resent).toBeLessThan(200)
    await day.sendAll()
    expect([day.count('accepted'), duplicates(day)]).toEqual([200, 0])
  })

  test('broken variant: written whatever was written meanwhile, the same mails would go twice', async () => {
    const day = await unknownDay(200)
    const { remedies } = day.ports
    await overtaken(day, {
      ...remedies,
      sendAgain: async (batch, positions) => {
        const stored = day.deliveries.batches.get(`${batch.scope} ${batch.item}`)
        return remedies.sendAgain({ ...batch, revision: stored?.revision ?? 0 }, positions)
      },
    })
    await day.sendAll()
    expect(duplicates(day)).toBeGreaterThan(0)
  })
})

describe('reconciling goes in steps', () => {
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
    const day = mailDay()
    await day.load(count)
    await day.announce(await day.release())
    await day.planAll()
    day.emails.splice(0)
    for (const [key, batch] of day.deliveries.batches) {
      const deliveries = batch.deliveries.map(({ idNumber }) => ({ idNumber, state: 'claimed' as const }))
      day.deliveries.batches.set(key, { ...batch, deliveries, revision: 1, claimedAt: day.clock.now() })
    }
    day.clock.advance(claimsLapseAfter)
    return day
  }

  test('each bounded, and together they are the whole; said again, there is nothing left to settle', async () => {
    const day = await abandonedDay()
    const { steps, ...sum } = await reconcileAll(slowly(day))
    expect(steps.length).toBeGreaterThan(2)
    expect(sum).toEqual({ settled: many, unknown: many, requeued: 0 })
    expect(await reconcileAll(slowly(day))).toMatchObject({ settled: 0, unknown: many })
  })

  test('two operators at once settle each mail once', async () => {
    const day = await abandonedDay()
    const [one, other] = await Promise.all([reconcileAll(slowly(day)), reconcileAll(slowly(day))])
    expect(one.settled + other.settled).toBe(many)
    expect(day.count('unknown')).toBe(many)
  })

  test('what waits is put on the queue wave by wave, and not while the release is held', async () => {
    const day = mailDay()
    await day.load(3_000)
    await day.announce(await day.release())
    await day.planAll()
    const waves = day.emails.splice(0)
    await day.hold()
    expect(await reconcileAll(day.ports)).toMatchObject({ requeued: 0 })
    expect(day.emails).toEqual([])
    await day.resume()
    expect(await reconcileAll(day.ports)).toMatchObject({ requeued: 3_000 })
    expect(new Set(day.emails.map(({ wave }) => wave))).toEqual(new Set(waves.map(({ wave }) => wave)))
    await day.sendAll()
    expect([day.count('accepted'), duplicates(day)]).toEqual([3_000, 0])
  })

  test.each(['', 'nonsense', '99.', '-1.batch'])('a place that is none (%j) does no harm', async (after) => {
    const day = await abandonedDay(60)
    expect(await reconcileResultEmails(day.ports)(session, undefined, after)).toMatchObject({ outcome: 'reconciled' })
  })
})

test('of a correction that has no mails both say so, and nothing is written down', async () => {
  const day = await unknownDay(60)
  const correctionId = 'no-such-correction'
  expect(await resendUnknownEmails(day.ports)({ session, by: 'olga', correctionId })).toEqual({
    outcome: 'nothing-planned',
  })
  expect(await reconcileResultEmails(day.ports)(session, correctionId)).toEqual({ outcome: 'nothing-planned' })
  expect(day.audit).toEqual([])
})
