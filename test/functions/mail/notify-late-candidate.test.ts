import { describe, expect, test } from '@jest/globals'
import {
  NotPlannedYet,
  notifyLateCandidate,
} from '../../../functions/mail/notify-late-candidate/notify-late-candidate.ts'
import { planLane } from '../../../functions/mail/plan-result-emails/plan-result-emails.ts'
import type { Language } from '../../../shared/domain/language.ts'
import type { PlannedRelease } from '../../../shared/domain/release.ts'
import { minute } from '../../../shared/domain/time.ts'
import { mailDay } from '../../support/mail-day.ts'
import { instant, session } from '../../support/release-day.ts'
import { seededRandom } from '../../support/simulation/seeded-random.ts'

/** A session with candidates of whom the last one has not registered yet. */
const lateDay = async (count = 60) => {
  const day = mailDay()
  await day.load(count)
  const last = day.members.accounts.pop() as (typeof day.members.accounts)[number]
  const registered = new Map<string, typeof last & { readonly language: Language }>()
  // Whoever sends reads the account itself, which is there before the index shows it.
  const { read } = day.ports.recipients
  Object.assign(day.ports.recipients, {
    async read(of: string, idNumbers: readonly string[]) {
      const isHidden = registered.has(last.idNumber) && !day.members.accounts.includes(last)
      if (isHidden) day.members.accounts.push(last)
      const found = await read(of, idNumbers)
      if (isHidden) day.members.accounts.splice(day.members.accounts.indexOf(last), 1)
      return found
    },
  })
  const ports = {
    ...day.ports,
    accounts: { find: async (idNumber: string) => registered.get(idNumber) },
    late: {
      async add(batch: Parameters<Parameters<typeof notifyLateCandidate>[0]['late']['add']>[0]) {
        const key = `${batch.scope} ${batch.item}`
        if (!day.deliveries.batches.has(key)) day.deliveries.batches.set(key, batch)
      },
    },
  }
  return {
    ...day,
    last,
    /** The account is there; the index of the session shows it, or not yet. */
    register(of: { readonly emailOptIn?: boolean } = {}, isInIndex = true) {
      registered.set(last.idNumber, { ...last, language: 'en', ...of })
      if (isInIndex) day.members.accounts.push(Object.assign(last, of))
    },
    tell: (eventId = 'event-1') => notifyLateCandidate(ports)({ idNumber: last.idNumber, eventId }),
    mailed: () => day.mail.accepted.filter(({ to }) => to.startsWith(last.idNumber.toLowerCase())).length,
  }
}

describe('somebody who registers when the results are out (R03)', () => {
  test('is told at once, once, however often the event comes', async () => {
    const day = await lateDay()
    const releaseId = await day.release()
    await day.announce(releaseId)
    await day.planAll()
    await day.sendAll()
    day.register()
    expect(await day.tell()).toBe('notified')
    expect(await day.tell()).toBe('notified')
    await day.sendAll()
    expect(day.mailed()).toBe(1)
    // Registered anew after a reset: one mail for a candidate and release all the same.
    expect(await day.tell('event-2')).toBe('planned-already')
    await day.sendAll()
    expect(day.mailed()).toBe(1)
    expect(day.count('accepted')).toBe(60)
  })

  test('is not told who chose no mails, has no result, or registered before the release', async () => {
    const day = await lateDay()
    expect(await day.tell()).toBe('wants-no-mail')
    day.register({ emailOptIn: false }, false)
    expect(await day.tell()).toBe('wants-no-mail')
    day.register()
    expect(await day.tell()).toBe('not-released')
    const releaseId = await day.prepare()
    expect(await day.tell()).toBe('not-released')
    day.clock.moveTo(instant)
    await day.fire(releaseId)
    await day.announce(releaseId)
    await day.planAll()
    day.results.rows.delete(`${day.last.idNumber}#1`)
    expect(await day.tell()).toBe('no-visible-result')
    expect(day.emails).toHaveLength(1)
  })

  test('waits for the plan while the release is near or its mails are being planned', async () => {
    const day = await lateDay()
    day.register({}, false)
    const releaseId = await day.prepare()
    day.clock.moveTo((instant - 5 * minute) as typeof instant)
    await expect(day.tell()).rejects.toBeInstanceOf(NotPlannedYet)
    day.clock.moveTo(instant)
    await day.fire(releaseId)
    await expect(day.tell()).rejects.toBeInstanceOf(NotPlannedYet)
    await day.announce(releaseId)
    await expect(day.tell()).rejects.toBeInstanceOf(NotPlannedYet)
    await day.planAll()
    expect(await day.tell()).toBe('notified')
    await day.sendAll()
    expect(day.mailed()).toBe(1)
  })

  test('is told when a hold ends, if they registered during it', async () => {
    const day = await lateDay()
    const releaseId = await day.release()
    await day.announce(releaseId)
    await day.planAll()
    await day.sendAll()
    const row = day.releases.rows.get(session) as PlannedRelease
    day.releases.rows.set(session, { ...row, state: 'held' })
    day.register()
    expect(await day.tell()).toBe('notified')
    await day.sendAll()
    expect(day.mailed()).toBe(0)
    day.releases.rows.set(session, row)
    await day.sendAll()
    expect(day.mailed()).toBe(1)
  })
})

describe('registering and planning at the same time', () => {
  /** Registers somewhere in the course of a release, the index lagging behind, and tells until it is settled. */
  const race = async (seed: number, tellWith?: (day: Awaited<ReturnType<typeof lateDay>>) => Promise<unknown>) => {
    const random = seededRandom(seed)
    const day = await lateDay(20)
    const tell = tellWith ?? (({ tell: usual }) => usual())
    const releaseId = await day.prepare()
    let isIn = false
    const steps: (() => Promise<unknown>)[] = [
      async () => day.clock.moveTo(instant),
      () => day.fire(releaseId),
      () => day.announce(releaseId),
      () => planLane(day.ports)({ releaseId, session, lane: 0, lanes: 1 }),
      () => day.sendAll(),
    ]
    const registersAt = random.below(steps.length)
    const isIndexedAt = registersAt + random.below(3)
    let isSettled = true
    const attempt = async () => {
      isSettled = await tell(day).then(
        () => true,
        () => false,
      )
    }
    for (const [index, step] of steps.entries()) {
      if (index === registersAt) {
        day.register({}, false)
        await attempt()
      }
      if (index >= isIndexedAt && !isIn) {
        isIn = true
        day.members.accounts.push(day.last)
      }
      await step()
      if (index >= registersAt && !isSettled) await attempt()
    }
    if (!isIn) day.members.accounts.push(day.last)
    for (let tries = 0; !isSettled && tries < 3; tries++) await attempt()
    await day.sendAll()
    return day.mailed()
  }

  test('tells exactly once, wherever in the release it falls', async () => {
    const mailed = []
    // A registration at the first step is five minutes before the instant at most: the clock stands there.
    for (let seed = 1; seed <= 200; seed++) mailed.push(await race(seed, withinReach))
    expect(new Set(mailed)).toEqual(new Set([1]))
  })

  const withinReach = async (day: Awaited<ReturnType<typeof lateDay>>) => {
    if (day.clock.now() < instant) day.clock.moveTo((instant - minute) as typeof instant)
    return day.tell()
  }

  test('broken variant: telling without waiting for the plan tells nobody, or tells twice', async () => {
    const hasty = async (day: Awaited<ReturnType<typeof lateDay>>) => {
      await withinReach(day).catch(() => undefined)
    }
    const mailed = []
    for (let seed = 1; seed <= 200; seed++) mailed.push(await race(seed, hasty))
    expect(new Set(mailed).size).toBeGreaterThan(1)
  })
})
