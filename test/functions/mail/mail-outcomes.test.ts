import { beforeEach, describe, expect, test } from '@jest/globals'
import { listUnmailed } from '../../../functions/mail/list-unmailed/list-unmailed.ts'
import { reconcileResultEmails } from '../../../functions/mail/reconcile-result-emails/reconcile-result-emails.ts'
import { recordEmailOutcomes } from '../../../functions/mail/record-email-outcomes/record-email-outcomes.ts'
import { reportResultEmails } from '../../../functions/mail/report-result-emails/report-result-emails.ts'
import { resendUnknownEmails } from '../../../functions/mail/resend-unknown-emails/resend-unknown-emails.ts'
import { resumeResultEmails } from '../../../functions/mail/resume-result-emails/resume-result-emails.ts'
import { sendResultEmails } from '../../../functions/mail/send-result-emails/send-result-emails.ts'
import type { EmailOutcomeMessage } from '../../../shared/contracts/messages.ts'
import { isUnhealthy } from '../../../shared/domain/delivery-status.ts'
import { claimTimeout } from '../../../shared/domain/email-batch.ts'
import { day } from '../../../shared/domain/time.ts'
import type { EmailFeedback } from '../../../shared/ports/email-feedback.ts'
import type { Fate } from '../../support/in-memory/mail-service.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { mailFixture } from '../../support/mail-fixture.ts'
import { session } from '../../support/release-fixture.ts'
import { seededRandom } from '../../support/simulation/seeded-random.ts'

const sentMails = async (count: number, fateOf?: (mail: { to: string }) => Fate) => {
  const fixture = mailFixture(fateOf)
  await fixture.load(count, (index) => ({ language: index % 2 ? 'en' : 'fr' }))
  const releaseId = await fixture.release()
  await fixture.announce(releaseId)
  await fixture.planAll()
  await fixture.sendAll()
  const marked: string[] = []
  const ports = {
    ...fixture.ports,
    addresses: {
      async mark(idNumber: string, what: string, isTheOne: (address: string) => boolean) {
        if (isTheOne(`${idNumber.toLowerCase()}@example.org`)) marked.push(`${idNumber} ${what}`)
      },
    },
    events: { subjectOf: async (eventId: string) => (eventId === 'event-1' ? 'ID000001' : undefined) },
  }
  return {
    ...fixture,
    releaseId,
    marked,
    record: recordEmailOutcomes(ports),
    report: () => reportResultEmails(ports)(session),
    list: (after?: string) => listUnmailed(ports)(session, after),
    reconcile: () => reconcileResultEmails(ports)(session),
    resend: () => resendUnknownEmails(ports)({ session, by: 'olga' }),
    resume: () => resumeResultEmails(ports)({ session, by: 'olga' }),
    /** What SES tells of the mails that it took. */
    told: (type: string, of = fixture.mail.accepted, more: object = {}): EmailOutcomeMessage[] =>
      of.map(({ delivery, addressFingerprint }) => ({
        type,
        release: releaseId,
        delivery,
        address: addressFingerprint,
        ...more,
      })),
  }
}
type Fixture = Awaited<ReturnType<typeof sentMails>>

const countsOf = async (fixture: Fixture) => {
  const report = await fixture.report()
  if (report.outcome !== 'reported') throw new Error(report.outcome)
  const { planned, pending, accepted, unknown, failed, suppressed } = report.counts
  expect(pending + accepted + unknown + failed + suppressed).toBe(planned)
  return report.counts
}

describe('feedback from SES', () => {
  let fixture: Fixture
  beforeEach(async () => {
    fixture = await sentMails(200)
  })

  test('is counted in the report, which adds up', async () => {
    await fixture.record(fixture.told('Send'))
    expect(await countsOf(fixture)).toMatchObject({ planned: 200, accepted: 200, delivered: 0 })
    await fixture.record(fixture.told('Delivery', fixture.mail.accepted.slice(0, 190)))
    const bounce = { bounceType: 'Permanent' }
    await fixture.record(fixture.told('Bounce', fixture.mail.accepted.slice(188, 192), bounce))
    await fixture.record(fixture.told('Complaint', fixture.mail.accepted.slice(0, 1)))
    expect(await countsOf(fixture)).toMatchObject({ accepted: 200, delivered: 188, bounced: 4, complained: 1 })
  })

  test('has the same effect in any order, with duplicates, and in batches of any size', async () => {
    const bounce = { bounceType: 'Permanent' }
    const all = [
      ...fixture.told('Send'),
      ...fixture.told('Delivery', fixture.mail.accepted.slice(0, 195)),
      ...fixture.told('Bounce', fixture.mail.accepted.slice(193, 197), bounce),
    ]
    for (let seed = 1; seed <= 5; seed++) {
      const one = await sentMails(200)
      const random = seededRandom(seed)
      const queue = [...all, ...all.filter(() => random.chance(0.3))].map((message) => ({
        ...message,
        release: one.releaseId,
      }))
      while (queue.length > 0) {
        const helping = Array.from({ length: Math.min(queue.length, 1 + random.below(60)) }, () =>
          queue.splice(random.below(queue.length), 1),
        ).flat()
        const { failed } = await one.record(helping)
        expect(failed).toEqual([])
      }
      expect(await countsOf(one)).toMatchObject({ accepted: 200, delivered: 193, bounced: 4 })
      expect([one.marked.length, one.sendRate.row.stopped.size]).toEqual([expect.any(Number), 0])
    }
  })

  test('broken variant: counting feedback instead of storing it counts duplicates twice', async () => {
    let delivered = 0
    const counting = (messages: readonly EmailOutcomeMessage[]) => {
      delivered += messages.filter(({ type }) => type === 'Delivery').length
    }
    const all = fixture.told('Delivery')
    counting(all)
    counting(all.slice(0, 3))
    expect(delivered).not.toBe(200)
    await fixture.record(all)
    await fixture.record(all.slice(0, 3))
    expect(await countsOf(fixture)).toMatchObject({ delivered: 200 })
  })

  test('changes nothing for delays, transient bounces and unknown mails', async () => {
    const soft = fixture.told('Bounce', fixture.mail.accepted.slice(0, 1), { bounceType: 'Transient' })
    const late = fixture.told('DeliveryDelay', fixture.mail.accepted.slice(0, 1))
    const foreign = [
      { type: 'Send', release: 'another', delivery: '00-000001-en-00-00', address: 'x' },
      { type: 'Send', release: fixture.releaseId, delivery: '../../x', address: 'x' },
    ]
    expect(await fixture.record([...soft, ...late, ...foreign])).toEqual({
      failed: [],
      faults: [],
      stopped: [],
      unknown: 1,
    })
    expect(await countsOf(fixture)).toMatchObject({ accepted: 200, bounced: 0 })
  })

  test('marks a mail as failed that SES accepted and then did not send', async () => {
    await fixture.record(fixture.told('Reject', fixture.mail.accepted.slice(0, 1)))
    await fixture.record(fixture.told('Rendering Failure', fixture.mail.accepted.slice(1, 2)))
    expect(await countsOf(fixture)).toMatchObject({ accepted: 198, failed: 2 })
    const reason = 'rejected-after-acceptance'
    expect(await fixture.list()).toMatchObject({ recipients: [{ reason }, { reason }] })
  })

  test('marks the address as bounced if the account still has it, also for account mails', async () => {
    const [first] = fixture.mail.accepted
    const [bounced] = fixture.told('Bounce', fixture.mail.accepted.slice(0, 1), { bounceType: 'Permanent' })
    const elsewhere = { ...bounced, address: '00000000' } as EmailOutcomeMessage
    await fixture.record([elsewhere])
    expect(fixture.marked).toEqual([])
    await fixture.record([bounced as EmailOutcomeMessage])
    expect(fixture.marked).toEqual([`${first?.to.split('@')[0]?.toUpperCase()} bounced`])
    await fixture.record([
      { type: 'Complaint', event: 'event-1', address: '66a4dd2d' },
      { type: 'Delivery', event: 'event-1', address: '66a4dd2d' },
      { type: 'Bounce', event: 'long-gone', address: '66a4dd2d', bounceType: 'Permanent' },
    ])
  })

  test('is redelivered alone if it could not be written', async () => {
    const { mortal } = killAtCall(1, 'before')
    const [release] = [fixture.releaseId]
    const feedback = mortal(fixture.ports.feedback)
    const record = recordEmailOutcomes({
      feedback,
      addresses: { mark: async () => undefined },
      events: { subjectOf: async () => undefined },
    })
    const messages = fixture.told('Delivery')
    const { failed } = await record(messages)
    expect(failed.length).toBeGreaterThan(0)
    await fixture.record(failed.map((place) => ({ ...(messages[place] as EmailOutcomeMessage), release })))
    await fixture.record(messages)
    expect(await countsOf(fixture)).toMatchObject({ delivered: 200 })
  })
})

describe('the breaker', () => {
  test('trips at 4 % bounces or 0.08 % complaints, but not before feedback on 200 mails', () => {
    expect(isUnhealthy({ told: 199, bounced: 199, complained: 0 })).toBe(false)
    expect(isUnhealthy({ told: 200, bounced: 7, complained: 0 })).toBe(false)
    expect(isUnhealthy({ told: 200, bounced: 8, complained: 0 })).toBe(true)
    expect(isUnhealthy({ told: 10_000, bounced: 0, complained: 7 })).toBe(false)
    expect(isUnhealthy({ told: 10_000, bounced: 0, complained: 8 })).toBe(true)
  })

  /** A recorder that is killed at one of its calls, and the messages again, as the queue brings them. */
  const killedAt = async (at: number, when: 'before' | 'after', broken = (feedback: EmailFeedback) => feedback) => {
    const fixture = await sentMails(60)
    const messages = [
      ...fixture.told('Send'),
      ...fixture.told('Bounce', fixture.mail.accepted.slice(0, 9), { bounceType: 'Permanent' }),
      ...fixture.told('Complaint', fixture.mail.accepted.slice(20, 22)),
    ]
    const { state, mortal } = killAtCall(at, when)
    const others = { addresses: { mark: async () => undefined }, events: { subjectOf: async () => undefined } }
    const feedback = broken(fixture.ports.feedback)
    await recordEmailOutcomes({ feedback: mortal(feedback), ...others })(messages)
    for (let delivery = 0; delivery < 2; delivery++) await recordEmailOutcomes({ feedback, ...others })(messages)
    return { isOver: !state.isDead, health: await feedback.health(fixture.releaseId) }
  }

  test('counts each failed mail exactly once, wherever its recorder is killed, and no mail twice', async () => {
    let calls = 0
    for (let isOver = false; !isOver; calls++) {
      for (const when of ['before', 'after'] as const) {
        const killed = await killedAt(calls + 1, when)
        expect(killed.health).toMatchObject({ bounced: 9, complained: 2 })
        expect(killed.health.told).toBeLessThanOrEqual(60)
        isOver = killed.isOver
      }
    }
    expect(calls).toBeGreaterThan(5)
  })

  test('broken variant: to count what was not told before misses the failures whose recorder was killed', async () => {
    const onlyFresh = (feedback: EmailFeedback): EmailFeedback => {
      const known = new Set<string>()
      return {
        ...feedback,
        async add(scope, item, told) {
          const added = await feedback.add(scope, item, told)
          const fresh = (kind: 'bounced' | 'complained') =>
            new Set([...(told[kind] ?? [])].filter((position) => !known.has(`${item} ${kind} ${position}`)))
          const uncounted = { bounced: fresh('bounced'), complained: fresh('complained') }
          for (const kind of ['bounced', 'complained'] as const)
            for (const position of told[kind] ?? []) known.add(`${item} ${kind} ${position}`)
          return added && { ...added, uncounted }
        },
      }
    }
    const missed = []
    for (let at = 1; at <= 6; at++) missed.push(9 - (await killedAt(at, 'after', onlyFresh)).health.bounced)
    expect(Math.max(...missed)).toBeGreaterThan(0)
  })

  test('stops the mails of this release, reports it once and in the report, until an operator decides', async () => {
    const fixture = await sentMails(300)
    const bounce = { bounceType: 'Permanent' }
    expect((await fixture.record(fixture.told('Send'))).stopped).toEqual([])
    const { stopped } = await fixture.record(fixture.told('Bounce', fixture.mail.accepted.slice(0, 12), bounce))
    expect(stopped).toEqual([fixture.releaseId])
    expect((await fixture.record(fixture.told('Bounce', fixture.mail.accepted.slice(12, 14), bounce))).stopped).toEqual(
      [],
    )
    expect(await fixture.report()).toMatchObject({ isStopped: true })
    expect(await fixture.resume()).toEqual({ outcome: 'went-on' })
    expect(fixture.audit).toMatchObject([{ by: 'olga', action: 'mails-resumed' }])
    expect(await fixture.report()).toMatchObject({ isStopped: false })
    expect(await fixture.resume()).toEqual({ outcome: 'was-not-stopped' })
    // One more does not stop it again: counted is what comes after the decision.
    expect((await fixture.record(fixture.told('Bounce', fixture.mail.accepted.slice(14, 15), bounce))).stopped).toEqual(
      [],
    )
  })
})

describe('a mail with unknown outcome', () => {
  const someLost = ({ to }: { to: string }): Fate => {
    if (to.startsWith('id00001')) return 'lost-after'
    return to.startsWith('id00002') ? 'lost-before' : 'taken'
  }

  test('is settled by feedback from SES; otherwise it is listed, and after a day an operator can resend it once', async () => {
    let fateOf = someLost
    const fixture = await sentMails(100, (mail) => fateOf(mail))
    expect(await countsOf(fixture)).toMatchObject({ accepted: 80, unknown: 20 })
    await fixture.record(fixture.told('Send'))
    expect(await countsOf(fixture)).toMatchObject({ accepted: 90, unknown: 10 })
    const listed = await fixture.list()
    if (listed.outcome !== 'listed') throw new Error(listed.outcome)
    expect(listed.recipients.map(({ idNumber }) => idNumber).toSorted()).toEqual(
      Array.from({ length: 10 }, (_, index) => `ID00002${index}`),
    )
    expect(listed.recipients[0]).toMatchObject({ state: 'unknown', reason: 'ETIMEDOUT' })

    expect(await fixture.reconcile()).toMatchObject({ outcome: 'reconciled', settled: 10, unknown: 10, requeued: 0 })
    expect(await fixture.resend()).toEqual({ outcome: 'resent', resent: 0, tooEarly: 10, resentBefore: 0 })
    fixture.clock.advance(day)
    fateOf = ({ to }) => (to.startsWith('id000020') ? 'lost-before' : 'taken')
    expect(await fixture.resend()).toEqual({ outcome: 'resent', resent: 10, tooEarly: 0, resentBefore: 0 })
    await fixture.sendAll()
    expect(await countsOf(fixture)).toMatchObject({ accepted: 99, unknown: 1, pending: 0 })
    fixture.clock.advance(day)
    expect(await fixture.resend()).toEqual({ outcome: 'resent', resent: 0, tooEarly: 0, resentBefore: 1 })
    expect(fixture.audit.map(({ action, by }) => `${action} ${by}`)).toEqual(
      Array.from({ length: 3 }, () => 'unknown-mails-resent olga'),
    )
    // Nobody has two, nobody but the one who is listed has none.
    expect(new Set(fixture.mail.accepted.map(({ to }) => to)).size).toBe(99)
    expect(fixture.mail.accepted).toHaveLength(99)
  })

  test('is left by a killed sender unless SES sends feedback, and its waves continue', async () => {
    const fresh = mailFixture()
    await fresh.load(100)
    const releaseId = await fresh.release()
    await fresh.announce(releaseId)
    await fresh.planAll()
    const { mortal } = killAtCall(1, 'after')
    const [message] = fresh.emails.splice(0)
    await sendResultEmails({ ...fresh.ports, mailer: mortal(fresh.ports.mailer) })(message as never).catch(() => {})
    expect(fresh.count('claimed')).toBeGreaterThan(0)
    const reconcile = () => reconcileResultEmails(fresh.ports)(session)
    expect(await reconcile()).toMatchObject({ settled: 0, unknown: 0 })
    fresh.emails.splice(0)
    fresh.clock.advance(claimTimeout)
    const reconciled = await reconcile()
    if (reconciled.outcome !== 'reconciled') throw new Error(reconciled.outcome)
    // Two calls were under way at most.
    expect(reconciled.unknown).toBe(reconciled.settled)
    expect(reconciled.unknown).toBeLessThanOrEqual(98)
    expect(reconciled.requeued).toBe(100 - reconciled.unknown)
    await fresh.sendAll()
    expect(fresh.count('pending') + fresh.count('claimed')).toBe(0)
  })
})

describe('the report', () => {
  test('shows that nothing is planned yet, or that there is no release', async () => {
    const fixture = mailFixture()
    await fixture.load(3)
    await fixture.release()
    expect(await reportResultEmails(fixture.ports)(session)).toMatchObject({ counts: { planned: 0 }, isPlanned: false })
    expect(await reportResultEmails(fixture.ports)('none')).toEqual({ outcome: 'no-such-release' })
    expect(await reportResultEmails(fixture.ports)('no session/name')).toEqual({ outcome: 'no-such-release' })
    for (const ask of [listUnmailed, reconcileResultEmails] as const)
      expect(await ask(fixture.ports)('none')).toEqual({ outcome: 'no-such-release' })
    for (const act of [resendUnknownEmails, resumeResultEmails] as const)
      expect(await act(fixture.ports)({ session: 'none', by: 'olga' })).toEqual({ outcome: 'no-such-release' })
    expect(fixture.audit).toEqual([])
  })

  test('lists everybody without a mail, completely, page by page', async () => {
    const fixture = await sentMails(2_500, () => 'rejected')
    const pages: { idNumber: string }[][] = []
    for (let after: string | undefined; ; ) {
      const page = await fixture.list(after)
      if (page.outcome !== 'listed') throw new Error(page.outcome)
      if (page.recipients.length > 0) pages.push([...page.recipients])
      if (page.next === undefined) break
      after = page.next
    }
    expect(pages.length).toBeGreaterThan(2)
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(980)
    expect(new Set(pages.flat().map(({ idNumber }) => idNumber)).size).toBe(2_500)
    expect(await countsOf(fixture)).toMatchObject({ failed: 2_500 })
  })
})
