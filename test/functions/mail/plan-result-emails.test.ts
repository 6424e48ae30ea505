import { describe, expect, test } from '@jest/globals'
import { planLane, planRelease } from '../../../functions/mail/plan-result-emails/plan-result-emails.ts'
import { type EmailBatch, laneCount, lanesOfShard, shardsOfLane, waveOf } from '../../../shared/domain/email-batch.ts'
import { shardOf, shards } from '../../../shared/domain/identifiers.ts'
import type { Language } from '../../../shared/domain/language.ts'
import type { ResultEmailPlans } from '../../../shared/ports/result-email-plans.ts'
import { killAtCall } from '../../support/kill-at-call.ts'
import { mailFixture } from '../../support/mail-fixture.ts'
import { instant, session } from '../../support/release-fixture.ts'

const languages: readonly Language[] = ['en', 'es', 'it', 'fr', 'de']
const inFiveLanguages = (index: number) => ({ language: languages[index % 5] ?? 'en', emailOptIn: index % 3 !== 0 })

/** Who is planned, in order; a candidate who is planned twice stands there twice. */
const plannedIds = (fixture: ReturnType<typeof mailFixture>) =>
  fixture
    .states()
    .map(({ idNumber }) => idNumber)
    .toSorted()

describe('the plan of result mails (R51, G4)', () => {
  test('contains everybody who chose emails once, in batches of one language', async () => {
    const fixture = mailFixture()
    await fixture.load(400, inFiveLanguages)
    const releaseId = await fixture.release()
    await fixture.announce(releaseId)
    expect(fixture.plans).toEqual([{ releaseId, session, lane: 0, lanes: 1 }])
    await fixture.planAll()
    const wanted = fixture.members.accounts.filter(({ emailOptIn }) => emailOptIn).map(({ idNumber }) => idNumber)
    expect(plannedIds(fixture)).toEqual(wanted.toSorted())
    expect(fixture.planned()).toBe(wanted.length)
    for (const batch of fixture.deliveries.batches.values()) {
      expect(batch.deliveries.length).toBeLessThanOrEqual(49)
      for (const { idNumber } of batch.deliveries) {
        expect(fixture.members.accounts.find((account) => account.idNumber === idNumber)?.language).toBe(batch.language)
      }
    }
  })

  test('omits candidates without a result, or with a held or withdrawn one', async () => {
    const fixture = mailFixture()
    await fixture.load(6, (index) => ({ state: index === 1 ? 'held' : index === 2 ? 'withdrawn' : 'final' }))
    fixture.members.accounts.push({ session, idNumber: 'NORESULT', emailOptIn: true, language: 'en' })
    await fixture.announce(await fixture.release())
    await fixture.planAll()
    expect(plannedIds(fixture)).toEqual(['ID000000', 'ID000003', 'ID000004', 'ID000005'])
  })

  test('fills batches across steps and shards, and queues its waves in an order shuffled by release', async () => {
    const fixture = mailFixture()
    await fixture.load(1)
    const [some] = fixture.members.accounts
    const releaseId = await fixture.release()
    // Many thousand candidates whose IDs fall into three shards of one lane.
    const ids = Array.from({ length: 60_000 }, (_, index) => `BIG${String(index).padStart(6, '0')}`).filter((id) =>
      [3, 7, 11].includes(shardOf(id)),
    )
    const sealed = [...fixture.results.rows.values()][0]
    ids.forEach((idNumber, index) => {
      const language = languages[index % 5] ?? 'en'
      fixture.members.accounts.push({ ...(some as NonNullable<typeof some>), idNumber, language })
      fixture.results.rows.set(`${idNumber}#1`, { ...(sealed as NonNullable<typeof sealed>), idNumber })
    })
    await planLane(fixture.ports)({ releaseId, session, lane: 3, lanes: 4 })
    expect(plannedIds(fixture).filter((id) => id.startsWith('BIG'))).toEqual(ids.toSorted())
    const sizes = [...fixture.deliveries.batches.values()].map(({ deliveries }) => deliveries.length)
    expect(sizes.filter((size) => size < 49).length).toBeLessThanOrEqual(5)
    const [progress] = fixture.deliveries.progresses.values()
    expect(progress).toMatchObject({ isDone: true, planned: plannedIds(fixture).length, left: {} })
    expect(progress?.waves).toBeGreaterThan(3)
    const order = fixture.emails.map(({ wave }) => wave)
    expect(order.toSorted()).toEqual(Array.from({ length: progress?.waves ?? 0 }, (_, index) => waveOf(index + 1)))
    expect(order).not.toEqual(order.toSorted())
  })

  test('gives a small session one lane and a large one sixteen', () => {
    expect([0, 1, 10_000, 10_001, 40_000, 150_000, 1_000_000].map(laneCount)).toEqual([1, 1, 1, 2, 4, 16, 16])
    for (const lanes of [1, 2, 4, 8, 16]) {
      const all = Array.from({ length: lanes }, (_, lane) => shardsOfLane(lane, lanes)).flat()
      expect(all.toSorted((a, b) => a - b)).toEqual(shards)
      for (const shard of shards) expect(lanesOfShard(shard)).toContain(shard % lanes)
    }
  })

  test('of a correction contains those whose result it changed, separate from the release, with mails about a correction', async () => {
    const fixture = mailFixture()
    await fixture.load(60)
    const releaseId = await fixture.release()
    await fixture.announce(releaseId)
    await fixture.planAll()
    await fixture.sendAll()
    for (const idNumber of ['ID000003', 'ID000004']) {
      await fixture.addResult(idNumber, { grade: 'A', version: 2 })
      const version = fixture.results.rows.get(`${idNumber}#2`) as NonNullable<
        ReturnType<typeof fixture.results.rows.get>
      >
      fixture.results.rows.set(`${idNumber}#2`, { ...version, sealedFor: 'correction', visibleFrom: instant })
    }
    const opening = fixture.releases.openings.rows.get(session) as NonNullable<
      ReturnType<typeof fixture.releases.openings.rows.get>
    >
    const corrections = { correction: { correctedAt: fixture.clock.now(), notify: true } }
    fixture.releases.openings.rows.set(session, { ...opening, corrections })
    for (let times = 0; times < 2; times++) {
      await planRelease(fixture.ports)({ releaseId, session, correctionId: 'correction' })
      await fixture.planAll()
      await fixture.sendAll()
    }
    const corrected = fixture.mail.accepted.filter(({ kind }) => kind === 'results-corrected')
    expect(corrected.map(({ to, mailingId }) => `${to} ${mailingId}`).toSorted()).toEqual([
      'id000003@example.org correction',
      'id000004@example.org correction',
    ])
    expect(fixture.mail.accepted).toHaveLength(62)
  })

  test('is queued again with all waves when the event is redelivered, as after a hold', async () => {
    const fixture = mailFixture()
    await fixture.load(120)
    const releaseId = await fixture.release()
    for (let times = 0; times < 2; times++) {
      await fixture.announce(releaseId)
      await fixture.planAll()
    }
    expect(fixture.emails.map(({ wave }) => wave)).toEqual([waveOf(1), waveOf(1)])
    expect(plannedIds(fixture)).toHaveLength(120)
  })

  test('is not made before the session is open, or for a release that was replaced', async () => {
    const fixture = mailFixture()
    await fixture.load(5)
    const releaseId = await fixture.prepare()
    expect(await planLane(fixture.ports)({ releaseId, session, lane: 0, lanes: 1 })).toEqual({ outcome: 'not-open' })
    fixture.clock.moveTo(instant)
    await fixture.fire(releaseId)
    expect(await planLane(fixture.ports)({ releaseId: 'another', session, lane: 0, lanes: 1 })).toEqual({
      outcome: 'not-open',
    })
    expect(fixture.states()).toEqual([])
  })

  test('waits before the first mail while a template has a blank variable', async () => {
    const fixture = mailFixture()
    const templates = { faults: ['fr: the text leaves out {{exam}}'] }
    await expect(planRelease({ ...fixture.ports, templates })({ releaseId: 'r', session })).rejects.toThrow(
      'leaves out',
    )
    expect(fixture.plans).toEqual([])
  })
})

describe('exactly one plan', () => {
  const wantedOf = (fixture: ReturnType<typeof mailFixture>) =>
    fixture.members.accounts
      .filter(({ emailOptIn }) => emailOptIn)
      .map(({ idNumber }) => idNumber)
      .toSorted()

  test('results from an event that is delivered five times, with lanes in any order and concurrently', async () => {
    const fixture = mailFixture()
    await fixture.load(200, inFiveLanguages)
    const releaseId = await fixture.release()
    for (let delivery = 0; delivery < 5; delivery++) await fixture.announce(releaseId)
    await Promise.all(fixture.plans.toReversed().map((message) => planLane(fixture.ports)(message)))
    expect(plannedIds(fixture)).toEqual(wantedOf(fixture))
  })

  /** Kills the planning of every lane at one call, and lets the message come again. */
  const killedAt = async (at: number, when: 'before' | 'after', plansOf = (plans: ResultEmailPlans) => plans) => {
    const fixture = mailFixture()
    await fixture.load(150, inFiveLanguages)
    const releaseId = await fixture.release()
    const plans = plansOf(fixture.ports.plans)
    // As if the session were a large one.
    fixture.deliveries.plans.set(releaseId, { releaseId, session, lanes: 16, begunAt: fixture.clock.now() })
    await fixture.announce(releaseId)
    let deaths = 0
    for (const message of fixture.plans) {
      const { state, mortal } = killAtCall(at, when)
      const doomed = {
        ...fixture.ports,
        accounts: mortal(fixture.ports.accounts),
        results: mortal(fixture.ports.results),
        releases: mortal(fixture.ports.releases),
        openings: mortal(fixture.ports.openings),
        plans: mortal(plans),
        queues: mortal(fixture.ports.queues),
      }
      await planLane(doomed)(message).catch(() => undefined)
      await planLane({ ...fixture.ports, plans })(message)
      if (state.isDead) deaths++
    }
    return { fixture, deaths }
  }

  test.each([1, 2, 3, 4, 5, 6, 7])(
    'is complete although every planner is killed at call %i, with every batch queued',
    async (at) => {
      for (const when of ['before', 'after'] as const) {
        const { fixture, deaths } = await killedAt(at, when)
        expect(deaths).toBe(16)
        expect(plannedIds(fixture)).toEqual(wantedOf(fixture))
        const isHandedOn = ({ scope, item }: EmailBatch) =>
          fixture.emails.some((message) => message.scope === scope && item.startsWith(message.wave))
        expect([...fixture.deliveries.batches.values()].filter((batch) => !isHandedOn(batch))).toEqual([])
      }
    },
  )

  test('broken variant: batches written without the condition on the progress plan somebody twice', async () => {
    let step = 0
    const unconditional = (plans: ResultEmailPlans): ResultEmailPlans => ({
      ...plans,
      // Batches first, under names that never collide, then the progress.
      async record(scope, { to, batches }) {
        const own = batches.map((batch) => ({ ...batch, item: `${batch.item}-${++step}` }))
        await plans.record(`${scope}-${step}`, { from: undefined, to, batches: own })
        return plans.record(scope, { from: await plans.progress(scope), to, batches: [] })
      },
    })
    // The planner is killed between the two writes: the second call of `record` never happens.
    let calls = 0
    const fixture = mailFixture()
    await fixture.load(150, inFiveLanguages)
    const releaseId = await fixture.release()
    const broken = unconditional({
      ...fixture.ports.plans,
      record: async (scope, of) => {
        if (++calls === 2) throw new Error('killed')
        return fixture.ports.plans.record(scope, of)
      },
    })
    const lane = { releaseId, session, lane: 1, lanes: 16 }
    await planLane({ ...fixture.ports, plans: broken })(lane).catch(() => undefined)
    await planLane({ ...fixture.ports, plans: broken })(lane)
    const ids = plannedIds(fixture)
    expect(new Set(ids).size).toBeLessThan(ids.length)
  })
})
