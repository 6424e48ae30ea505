import { describe, expect, test } from '@jest/globals'
import {
  NotPlannedYet,
  notifyLateCandidate,
} from '../../../functions/mail/notify-late-candidate/notify-late-candidate.ts'
import { planLane } from '../../../functions/mail/plan-result-emails/plan-result-emails.ts'
import type { Language } from '../../../shared/domain/language.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import { minute } from '../../../shared/domain/time.ts'
import { mailFixture } from '../../support/mail-fixture.ts'
import { instant, session } from '../../support/release-fixture.ts'
import { seededRandom } from '../../support/simulation/seeded-random.ts'

/** A session with candidates of whom the last one has not registered yet. */
const lateDay = async (count = 60) => {
  const fixture = mailFixture()
  await fixture.load(count)
  const last = fixture.members.accounts.pop() as (typeof fixture.members.accounts)[number]
  const registered = new Map<string, typeof last & { readonly language: Language }>()
  // Whoever sends reads the account itself, which is there before the index shows it.
  const { read } = fixture.ports.recipients
  Object.assign(fixture.ports.recipients, {
    async read(of: string, idNumbers: readonly string[]) {
      const isHidden = registered.has(last.idNumber) && !fixture.members.accounts.includes(last)
      if (isHidden) fixture.members.accounts.push(last)
      const found = await read(of, idNumbers)
      if (isHidden) fixture.members.accounts.splice(fixture.members.accounts.indexOf(last), 1)
      return found
    },
  })
  const ports = {
    ...fixture.ports,
    accounts: { find: async (idNumber: string) => registered.get(idNumber) },
    late: {
      async add(batch: Parameters<Parameters<typeof notifyLateCandidate>[0]['late']['add']>[0]) {
        const key = `${batch.scope} ${batch.item}`
        if (!fixture.deliveries.batches.has(key)) fixture.deliveries.batches.set(key, batch)
      },
    },
  }
  return {
    ...fixture,
    last,
    /** The account is there; the index of the session shows it, or not yet. */
    register(of: { readonly emailOptIn?: boolean } = {}, isInIndex = true) {
      registered.set(last.idNumber, { ...last, language: 'en', ...of })
      if (isInIndex) fixture.members.accounts.push(Object.assign(last, of))
    },
    tell: (eventId = 'event-1') => notifyLateCandidate(ports)({ idNumber: last.idNumber, eventId }),
    mailed: () => fixture.mail.accepted.filter(({ to }) => to.startsWith(last.idNumber.toLowerCase())).length,
  }
}

describe('a candidate who registers after the release (R03)', () => {
  test('is mailed immediately and once, however often the event is delivered', async () => {
    const fixture = await lateDay()
    const releaseId = await fixture.release()
    await fixture.announce(releaseId)
    await fixture.planAll()
    await fixture.sendAll()
    fixture.register()
    expect(await fixture.tell()).toBe('notified')
    expect(await fixture.tell()).toBe('notified')
    await fixture.sendAll()
    expect(fixture.mailed()).toBe(1)
    // Registered anew after a reset: one mail for a candidate and release all the same.
    expect(await fixture.tell('event-2')).toBe('planned-already')
    await fixture.sendAll()
    expect(fixture.mailed()).toBe(1)
    expect(fixture.count('accepted')).toBe(60)
  })

  test('is not mailed if they chose no mails, have no result, or registered before the release', async () => {
    const fixture = await lateDay()
    expect(await fixture.tell()).toBe('wants-no-mail')
    fixture.register({ emailOptIn: false }, false)
    expect(await fixture.tell()).toBe('wants-no-mail')
    fixture.register()
    expect(await fixture.tell()).toBe('not-released')
    const releaseId = await fixture.prepare()
    expect(await fixture.tell()).toBe('not-released')
    fixture.clock.moveTo(instant)
    await fixture.fire(releaseId)
    await fixture.announce(releaseId)
    await fixture.planAll()
    fixture.results.rows.delete(`${fixture.last.idNumber}#1`)
    expect(await fixture.tell()).toBe('no-visible-result')
    expect(fixture.emails).toHaveLength(1)
  })

  test('is mailed after planning if the release is near or its mails are being planned', async () => {
    const fixture = await lateDay()
    fixture.register({}, false)
    const releaseId = await fixture.prepare()
    fixture.clock.moveTo((instant - 5 * minute) as typeof instant)
    await expect(fixture.tell()).rejects.toBeInstanceOf(NotPlannedYet)
    fixture.clock.moveTo(instant)
    await fixture.fire(releaseId)
    await expect(fixture.tell()).rejects.toBeInstanceOf(NotPlannedYet)
    await fixture.announce(releaseId)
    await expect(fixture.tell()).rejects.toBeInstanceOf(NotPlannedYet)
    await fixture.planAll()
    expect(await fixture.tell()).toBe('notified')
    await fixture.sendAll()
    expect(fixture.mailed()).toBe(1)
  })

  test('is mailed when a hold ends, if they registered during it', async () => {
    const fixture = await lateDay()
    const releaseId = await fixture.release()
    await fixture.announce(releaseId)
    await fixture.planAll()
    await fixture.sendAll()
    const row = fixture.releases.rows.get(session) as PlannedRelease
    fixture.releases.rows.set(session, { ...row, state: 'held' })
    fixture.register()
    expect(await fixture.tell()).toBe('notified')
    await fixture.sendAll()
    expect(fixture.mailed()).toBe(0)
    fixture.releases.rows.set(session, row)
    await fixture.sendAll()
    expect(fixture.mailed()).toBe(1)
  })
})

describe('registering and planning at the same time', () => {
  /** Registers somewhere in the course of a release, the index lagging behind, and tells until it is settled. */
  const race = async (seed: number, tellWith?: (fixture: Awaited<ReturnType<typeof lateDay>>) => Promise<unknown>) => {
    const random = seededRandom(seed)
    const fixture = await lateDay(20)
    const tell = tellWith ?? (({ tell: usual }) => usual())
    const releaseId = await fixture.prepare()
    let isIn = false
    const steps: (() => Promise<unknown>)[] = [
      async () => fixture.clock.moveTo(instant),
      () => fixture.fire(releaseId),
      () => fixture.announce(releaseId),
      () => planLane(fixture.ports)({ releaseId, session, lane: 0, lanes: 1 }),
      () => fixture.sendAll(),
    ]
    const registersAt = random.below(steps.length)
    const isIndexedAt = registersAt + random.below(3)
    let isSettled = true
    const attempt = async () => {
      isSettled = await tell(fixture).then(
        () => true,
        () => false,
      )
    }
    for (const [index, step] of steps.entries()) {
      if (index === registersAt) {
        fixture.register({}, false)
        await attempt()
      }
      if (index >= isIndexedAt && !isIn) {
        isIn = true
        fixture.members.accounts.push(fixture.last)
      }
      await step()
      if (index >= registersAt && !isSettled) await attempt()
    }
    if (!isIn) fixture.members.accounts.push(fixture.last)
    for (let tries = 0; !isSettled && tries < 3; tries++) await attempt()
    await fixture.sendAll()
    return fixture.mailed()
  }

  test('mails exactly once, at whatever point of the release it happens', async () => {
    const mailed = []
    // A registration at the first step is five minutes before the instant at most: the clock stands there.
    for (let seed = 1; seed <= 200; seed++) mailed.push(await race(seed, withinReach))
    expect(new Set(mailed)).toEqual(new Set([1]))
  })

  const withinReach = async (fixture: Awaited<ReturnType<typeof lateDay>>) => {
    if (fixture.clock.now() < instant) fixture.clock.moveTo((instant - minute) as typeof instant)
    return fixture.tell()
  }

  test('broken variant: mailing without waiting for the plan mails nobody, or twice', async () => {
    const hasty = async (fixture: Awaited<ReturnType<typeof lateDay>>) => {
      await withinReach(fixture).catch(() => undefined)
    }
    const mailed = []
    for (let seed = 1; seed <= 200; seed++) mailed.push(await race(seed, hasty))
    expect(new Set(mailed).size).toBeGreaterThan(1)
  })
})
