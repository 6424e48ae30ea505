import { randomUUID } from 'node:crypto'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dynamoAccountEmails } from '../../../shared/adapters/dynamo/account-emails.ts'
import { dynamoAddressees } from '../../../shared/adapters/dynamo/addressees.ts'
import { dynamoEmailBatches } from '../../../shared/adapters/dynamo/email-batches.ts'
import {
  dynamoCorrectionOpenings,
  dynamoReleaseApprovals,
  dynamoReleasePlans,
  dynamoReleaseSteps,
  dynamoSessionOpenings,
} from '../../../shared/adapters/dynamo/release-decisions.ts'
import { dynamoReleaseStates } from '../../../shared/adapters/dynamo/release-states.ts'
import { dynamoOpenings, dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoResultEmailPlans } from '../../../shared/adapters/dynamo/result-email-plans.ts'
import { dynamoSendRate } from '../../../shared/adapters/dynamo/send-rate.ts'
import { dynamoSessionAccounts } from '../../../shared/adapters/dynamo/session-members.ts'
import type { DomainEvent } from '../../../shared/contracts/events.ts'
import { batchItem, type EmailBatch, emailScope, waveOf } from '../../../shared/domain/email-batch.ts'
import { isSessionOpen } from '../../../shared/domain/embargo.ts'
import { sessionShardKey, sessionShardOf, shardOf } from '../../../shared/domain/identifiers.ts'
import { voidManifest } from '../../../shared/domain/manifest.ts'
import { type PlannedRelease, sealedCount } from '../../../shared/domain/release.ts'
import { correctionTransitions } from '../../../shared/domain/release-transitions.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { AccountEmails } from '../../../shared/ports/account-emails.ts'
import type { EmailBatches } from '../../../shared/ports/email-batches.ts'
import type {
  CorrectionOpenings,
  Corrections,
  Openings,
  ReleaseApprovals,
  ReleasePlans,
  ReleaseSteps,
  Releases,
  SessionOpenings,
} from '../../../shared/ports/releases.ts'
import type { PlanProgress, ResultEmailPlans } from '../../../shared/ports/result-email-plans.ts'
import type { SendRate } from '../../../shared/ports/send-rate.ts'
import { manualClock } from '../../support/clock.ts'
import { startTables, type TestTables } from '../../support/dynamodb.ts'
import { inMemoryAccountEmails, inMemoryDeliveries } from '../../support/in-memory/deliveries.ts'
import { inMemoryCorrections, inMemoryReleases } from '../../support/in-memory/releases.ts'
import { inMemorySendRate } from '../../support/in-memory/send-rate.ts'
import { withLostResponses } from '../../support/lost-responses.ts'
import { sampleAccount, sampleEntry } from '../../support/samples.ts'

const at = epochMilliseconds(1_764_000_000_000)
const audit = () => ({
  subject: 'release/s',
  at,
  id: randomUUID(),
  by: 'olga',
  action: 'released',
  details: { count: 1 },
})
const approved = (): DomainEvent => ({
  eventId: randomUUID(),
  type: 'release-approved',
  detail: { version: 1, releaseId: 'r', session: 's' },
})

const planOf = (session: string, changes: Partial<PlannedRelease> = {}): PlannedRelease => ({
  ...{ session, releaseId: randomUUID(), state: 'planned', releaseAt: at, plannedBy: 'olga', manifest: 'manifest' },
  counts: { entries: 3, results: 3, entriesWithoutResult: 0, resultsWithoutEntry: 0, recipients: 2 },
  shardManifests: Array.from({ length: 16 }, (_, shard) => `hash ${shard}`),
  mailTemplates: 'templates',
  ...changes,
})

interface ReleasePorts {
  readonly releases: Releases & ReleasePlans & ReleaseApprovals & ReleaseSteps & SessionOpenings
  readonly openings: Openings
  readonly corrections: Corrections & ReleasePlans & ReleaseApprovals
  readonly correctionOpenings: CorrectionOpenings
  /** Ids of the events told so far. */
  readonly told: () => Promise<readonly string[]>
}

const releasesContract = (ports: () => ReleasePorts) => {
  const newSession = () => `s-${randomUUID().slice(0, 8)}`
  const planned = async () => {
    const plan = planOf(newSession())
    expect(await ports().releases.plan(plan, audit())).toBe('planned')
    return plan
  }
  const approve = async (plan: PlannedRelease, event = approved()) =>
    ports().releases.approve({ ...plan, approvedBy: 'peter' }, event, audit())
  const open = async ({ session, releaseId, manifest }: PlannedRelease, event = approved()) =>
    ports().releases.open({ session, releaseId, releasedAt: at }, { manifest }, event, audit())

  test('a release is found as planned, and can be planned again until it is approved', async () => {
    const { releases } = ports()
    const plan = await planned()
    expect(await releases.find(plan.session)).toEqual(plan)
    expect(await releases.find('none')).toBeUndefined()
    const again = planOf(plan.session)
    expect(await releases.plan(again, audit())).toBe('planned')
    expect(await approve(plan)).toBe('changed')
    expect(await approve(again)).toBe('approved')
    expect(await releases.plan(planOf(plan.session), audit())).toBe('refused')
  })

  test('an approval is bound to the manifest, given once, and written with its event', async () => {
    const plan = await planned()
    const [refused, given, again] = [approved(), approved(), approved()]
    expect(await approve({ ...plan, manifest: 'other' }, refused)).toBe('changed')
    expect(await approve(plan, given)).toBe('approved')
    expect(await approve(plan, again)).toBe('changed')
    const told = await ports().told()
    expect([refused, given, again].map(({ eventId }) => told.includes(eventId))).toEqual([false, true, false])
    expect(await ports().releases.find(plan.session)).toMatchObject({ state: 'approved', approvedBy: 'peter' })
  })

  test('seals are counted by shard while it is approved, and reset when it is void', async () => {
    const { releases } = ports()
    const plan = await planned()
    expect(await releases.recordSealed(plan, 3, 2)).toBe('lost')
    await approve(plan)
    expect(await releases.recordSealed(plan, 3, 2)).toBe('recorded')
    expect(await releases.recordSealed(plan, 3, 2)).toBe('recorded')
    expect(await releases.recordSealed(plan, 4, 1)).toBe('recorded')
    expect(await releases.recordSealed({ ...plan, releaseId: 'other' }, 5, 1)).toBe('lost')
    expect(sealedCount((await releases.find(plan.session)) as PlannedRelease)).toBe(3)
    expect(await releases.voidPlan(plan.session, 'other')).toBe('nothing-to-void')
    expect(await releases.voidPlan(plan.session, plan.releaseId)).toBe('voided')
    const after = await releases.find(plan.session)
    expect(after).toMatchObject({ state: 'planned', manifest: voidManifest })
    expect(after).not.toHaveProperty('approvedBy')
    expect(after).not.toHaveProperty('sealedByShard')
    expect(await releases.voidPlan('none')).toBe('nothing-to-void')
  })

  test('a session is opened once, however often it fires, together with its release', async () => {
    const plan = await planned()
    expect(await open(plan)).toBe('refused')
    await approve(plan)
    expect(await open({ ...plan, manifest: 'other' })).toBe('refused')
    expect(await open({ ...plan, releaseId: 'other' })).toBe('refused')
    expect(await ports().openings.find(plan.session)).toBeUndefined()
    const events = Array.from({ length: 5 }, approved)
    const outcomes = await Promise.all(events.map((event) => open(plan, event)))
    expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(1)
    const told = await ports().told()
    expect(events.filter(({ eventId }) => told.includes(eventId))).toHaveLength(1)
    expect(await ports().releases.find(plan.session)).toMatchObject({ state: 'released', releasedAt: at })
    expect(await ports().openings.find(plan.session)).toEqual({
      session: plan.session,
      releaseId: plan.releaseId,
      releasedAt: at,
      corrections: {},
    })
    expect(await ports().releases.voidPlan(plan.session)).toBe('nothing-to-void')
    expect(await ports().releases.plan(planOf(plan.session), audit())).toBe('refused')
  })

  const take = (
    step: Parameters<ReleaseSteps['take']>[0],
    release: Pick<PlannedRelease, 'session' | 'releaseId'>,
    event?: DomainEvent,
  ) => ports().releases.take(step, release, { step: 'hold', by: 'olga', at }, audit(), event && [event])

  test('a release is held and resumed, opened or not, only by its own id (R63)', async () => {
    const { releases } = ports()
    const plan = await planned()
    expect(await take('hold', plan)).toBe('refused')
    await approve(plan)
    expect(await take('hold', { ...plan, releaseId: 'other' })).toBe('refused')
    expect(await take('hold', plan)).toBe('taken')
    expect(await releases.find(plan.session)).toMatchObject({
      state: 'held',
      approvedBy: 'peter',
      lastStep: { step: 'hold', by: 'olga', at },
    })
    expect(await take('hold', plan)).toBe('refused')
    expect(await open(plan)).toBe('refused')
    expect(await take('resume-opened', plan)).toBe('refused')
    const event = approved()
    expect(await take('resume', plan, event)).toBe('taken')
    expect(await ports().told()).toContain(event.eventId)
    expect(await releases.find(plan.session)).toMatchObject({ state: 'approved', approvedBy: 'peter' })

    expect(await open(plan)).toBe('opened')
    expect(await take('hold', plan)).toBe('taken')
    expect(await releases.voidPlan(plan.session)).toBe('nothing-to-void')
    expect(await take('cancel', plan)).toBe('refused')
    const untold = approved()
    expect(await take('resume', plan, untold)).toBe('refused')
    expect(await ports().told()).not.toContain(untold.eventId)
    expect(await take('resume-opened', plan)).toBe('taken')
    expect(await releases.find(plan.session)).toMatchObject({ state: 'released', releasedAt: at })
    expect(await take('cancel', plan)).toBe('refused')
  })

  test('a change during a hold voids the approval, and a cancelled release can be planned again', async () => {
    const { releases } = ports()
    const plan = await planned()
    await approve(plan)
    await take('hold', plan)
    expect(await releases.voidPlan(plan.session)).toBe('voided')
    expect(await take('resume', plan)).toBe('refused')
    expect(await releases.find(plan.session)).toMatchObject({ state: 'planned', manifest: voidManifest })
    expect(await take('cancel', plan)).toBe('taken')
    expect(await releases.voidPlan(plan.session)).toBe('nothing-to-void')
    const again = planOf(plan.session)
    expect(await releases.plan(again, audit())).toBe('planned')
    expect(await releases.find(plan.session)).toEqual(again)
  })

  describe('a correction', () => {
    const released = async () => {
      const plan = await planned()
      await approve(plan)
      await open(plan)
      return plan
    }
    const correctionOf = ({ session, releaseId }: PlannedRelease, changes: Partial<PlannedRelease> = {}) => ({
      ...planOf(session, { ...changes, correction: { corrects: releaseId, notify: true, changes: 1 } }),
      correction: { corrects: releaseId, notify: true, changes: 1 },
    })

    test('is planned with its release, opened once within its opening, and can be followed by the next', async () => {
      const { corrections, correctionOpenings, openings, releases } = ports()
      const plan = await released()
      const correction = correctionOf(plan)
      expect(await corrections.plan(correction, audit())).toBe('planned')
      const openIt = (event = approved()) => correctionOpenings.open(correction, at, event, audit())
      expect(await openIt()).toBe('refused')
      expect(await corrections.approve({ ...correction, approvedBy: 'peter' }, approved(), audit())).toBe('approved')
      expect((await corrections.approvedUntil(at)).map(({ session }) => session)).toContain(plan.session)
      expect((await releases.approvedUntil(at)).map(({ session }) => session)).not.toContain(plan.session)
      const event = approved()
      expect(await openIt(event)).toBe('opened')
      expect(await openIt()).toBe('refused')
      expect(await ports().told()).toContain(event.eventId)
      expect(await corrections.find(plan.session)).toMatchObject({ state: 'released', releasedAt: at })
      expect(await releases.find(plan.session)).toMatchObject({ state: 'released', releaseId: plan.releaseId })

      const next = correctionOf(plan)
      expect(await corrections.plan(next, audit())).toBe('planned')
      await corrections.approve({ ...next, approvedBy: 'peter' }, approved(), audit())
      expect(await correctionOpenings.open(next, at, approved(), audit())).toBe('opened')
      expect(await openings.find(plan.session)).toMatchObject({
        releaseId: plan.releaseId,
        corrections: {
          [correction.releaseId]: { correctedAt: at, notify: true },
          [next.releaseId]: { correctedAt: at, notify: true },
        },
      })
    })

    test('of a release for which the session was not opened opens nothing', async () => {
      const { corrections, correctionOpenings, openings } = ports()
      const plan = await released()
      const correction = correctionOf({ ...plan, releaseId: 'other' })
      await corrections.plan(correction, audit())
      await corrections.approve({ ...correction, approvedBy: 'peter' }, approved(), audit())
      expect(await correctionOpenings.open(correction, at, approved(), audit())).toBe('refused')
      expect(await openings.find(plan.session)).toMatchObject({ corrections: {} })
      expect(await corrections.find(plan.session)).toMatchObject({ state: 'approved' })
    })
  })

  test('the sweep finds approved and due releases', async () => {
    const { releases } = ports()
    const [due, early, unapproved] = [
      await planned(),
      planOf(newSession(), { releaseAt: epochMilliseconds(at + 1) }),
      await planned(),
    ]
    await releases.plan(early, audit())
    await approve(due)
    await approve(early)
    const found = (await releases.approvedUntil(at)).map(({ session }) => session)
    expect(found).toContain(due.session)
    expect(found).not.toContain(early.session)
    expect(found).not.toContain(unapproved.session)
  })
}

const plansContract = (ports: () => ResultEmailPlans & EmailBatches) => {
  const newScope = () => emailScope(randomUUID(), 7)
  const batch = (scope: string, item: string, size = 2): EmailBatch => ({
    ...{ scope, item, releaseId: 'r', session: 's', language: 'en', revision: 0 },
    deliveries: Array.from({ length: size }, (_, index) => ({ idNumber: `ID${index}`, state: 'pending' as const })),
  })
  const first: PlanProgress = {
    ...{ shardIndex: 0, cursor: 'ID500', waves: 1, planned: 2, isDone: false },
    left: { en: ['ID9'], de: ['ID7', 'ID8'] },
  }
  const second: PlanProgress = { shardIndex: 1, cursor: '', waves: 2, planned: 3, left: {}, isDone: true }
  const itemsIn = async (scope: string, wave: number) =>
    (await ports().inWave(scope, waveOf(wave))).map(({ item }) => item).toSorted()

  test('a plan is created once, and creating it again returns the first', async () => {
    const plan = { releaseId: randomUUID(), session: 's', lanes: 4, begunAt: at }
    expect(await ports().begin(plan)).toMatchObject(plan)
    expect(await ports().begin({ ...plan, lanes: 16 })).toMatchObject(plan)
  })

  test('a step is recorded with its batches if the progress is unchanged, or not at all', async () => {
    const scope = newScope()
    const items = [batchItem(1, 'en', 0), batchItem(1, 'fr', 0), batchItem(2, 'en', 0)] as const
    expect(await ports().progress(scope)).toBeUndefined()
    expect(await ports().record(scope, { from: first, to: second, batches: [batch(scope, items[2])] })).toBe('moved')
    expect(await ports().inWave(scope, waveOf(2))).toEqual([])
    const one = { from: undefined, to: first, batches: [batch(scope, items[0]), batch(scope, items[1])] }
    expect(await ports().record(scope, one)).toBe('recorded')
    expect(await ports().record(scope, one)).toBe('moved')
    expect(await ports().progress(scope)).toMatchObject(first)
    expect(await ports().record(scope, { from: first, to: second, batches: [batch(scope, items[2])] })).toBe('recorded')
    expect(await ports().record(scope, { from: first, to: second, batches: [] })).toBe('moved')
    expect(await ports().record(scope, { from: second, to: second, batches: [] })).toBe('moved')
    expect(await itemsIn(scope, 1)).toEqual([items[0], items[1]])
    expect(await ports().inWave(scope, waveOf(2))).toEqual([batch(scope, items[2])])
  })

  test('a step of 92 full batches fits, and is recorded by one of ten concurrent requests', async () => {
    const scope = newScope()
    const batches = Array.from({ length: 92 }, (_, number) => batch(scope, batchItem(1, 'en', number), 49))
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => ports().record(scope, { from: undefined, to: first, batches })),
    )
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1)
    expect(await itemsIn(scope, 1)).toHaveLength(92)
  })

  test('a batch is written by one of two with the same revision; a retry of that write succeeds', async () => {
    const scope = newScope()
    const item = batchItem(1, 'en', 0)
    await ports().record(scope, { from: undefined, to: first, batches: [batch(scope, item)] })
    const claim: EmailBatch = {
      ...{ ...batch(scope, item), revision: 1, attempt: 'one', claimedAt: at },
      deliveries: [
        { idNumber: 'ID0', state: 'suppressed', reason: 'opted-out' },
        { idNumber: 'ID1', state: 'claimed' },
      ],
    }
    expect(await ports().write([claim])).toBe('written')
    expect(await ports().write([{ ...claim, attempt: 'two' }])).toBe('lost')
    expect(await ports().write([claim])).toBe('written')
    expect(await ports().write([{ ...claim, revision: 2 }])).toBe('written')
    expect(await ports().write([claim])).toBe('lost')
    expect(await ports().inWave(scope, item)).toEqual([{ ...claim, revision: 2 }])
    expect(await ports().write([])).toBe('written')
  })

  test('several are written together or not at all', async () => {
    const scope = newScope()
    const [one, two] = [batch(scope, batchItem(1, 'en', 0)), batch(scope, batchItem(1, 'en', 1))] as const
    await ports().record(scope, { from: undefined, to: first, batches: [one, two] })
    const next = { revision: 1, attempt: 'one', claimedAt: at }
    expect(await ports().write([{ ...two, ...next }])).toBe('written')
    const both = [
      { ...one, ...next },
      { ...two, ...next, attempt: 'two' },
    ]
    expect(await ports().write(both)).toBe('lost')
    expect((await ports().inWave(scope, one.item))[0]).toMatchObject({ revision: 0 })
    expect(
      await ports().write([
        { ...one, ...next },
        { ...two, ...next, revision: 2 },
      ]),
    ).toBe('written')
  })
}

const sendRateContract = (newSendRate: () => SendRate) => {
  test('time slots follow each other without gap or overlap, whoever reserves them', async () => {
    const sendRates = Array.from({ length: 4 }, newSendRate)
    const now = 1_764_000_000_000 + Math.random() * 1e9
    const grants = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (sendRates[index % 4] as SendRate).take(49.75, now)),
    )
    const starts = grants.map(({ startsAt }) => startsAt - now).toSorted((a, b) => a - b)
    starts.forEach((start, index) => {
      expect(start).toBeCloseTo(index * 49.75, 3)
    })
    const later = await (sendRates[0] as SendRate).take(10, now + 60_000)
    expect(later).toEqual({ startsAt: now + 60_000, delayed: 0, alarms: [], stopped: [] })
  })

  /** At a hundred a second, half of it at most. */
  const request = (now: number, from = now) => ({ milliseconds: 10, spacing: 20, burst: 50, now, from })
  const granted = async (sendRate: SendRate, now: number, from = now) => {
    const done = await sendRate.takePriority(request(now, from))
    if (done.outcome === 'over-limit') throw new Error('over the limit')
    return done
  }

  test('a priority mail delays later turns, and holders of turns learn of it', async () => {
    const [mine, theirs] = [newSendRate(), newSendRate()]
    const now = 1_766_000_000_000 + Math.random() * 1e9
    const turn = await mine.take(1_000, now)
    const { freeAt, lastTurnAt } = await granted(theirs, now + 100)
    expect([freeAt - now, lastTurnAt - now]).toEqual([1_000, 0])
    expect((await mine.read()).delayed - turn.delayed).toBeCloseTo(10, 3)
    const next = await mine.take(1_000, now + 200)
    expect(next.startsAt - now).toBeCloseTo(1_010, 3)
    expect(next.delayed - turn.delayed).toBeCloseTo(10, 3)
    // Nothing reserved for a while: starts where it may, not where the last reservation ended.
    const late = now + 10_000
    expect((await granted(theirs, late, late - 500)).freeAt).toBe(late - 500)
    expect((await mine.take(1_000, late - 500)).startsAt - late).toBeCloseTo(-490, 3)
    expect((await mine.read()).delayed - turn.delayed).toBeCloseTo(20, 3)
  })

  test('priority mails are granted up to their limit, and those over it change nothing', async () => {
    const sendRates = Array.from({ length: 4 }, newSendRate)
    const now = 1_768_000_000_000 + Math.random() * 1e9
    const { startsAt, delayed } = await (sendRates[0] as SendRate).take(1_000, now)
    const grantsOf = async (at: number) =>
      (
        await Promise.all(
          Array.from({ length: 12 }, (_, index) => (sendRates[index % 4] as SendRate).takePriority(request(at))),
        )
      ).filter(({ outcome }) => outcome === 'granted').length
    // Those within the burst: at 0, 20 and 40.
    expect(await grantsOf(now)).toBe(3)
    expect(await grantsOf(now + 9)).toBe(0)
    expect(await grantsOf(now + 100)).toBe(3)
    expect(await (sendRates[1] as SendRate).takePriority(request(now + 109))).toEqual({ outcome: 'over-limit' })
    expect((await (sendRates[2] as SendRate).read()).delayed - delayed).toBeCloseTo(60, 3)
    expect((await (sendRates[3] as SendRate).take(1_000, now)).startsAt - startsAt).toBeCloseTo(1_060, 3)
  })
}

const accountEmailsContract = (emails: () => AccountEmails) => {
  const mail = () => ({
    eventId: randomUUID(),
    kind: 'k',
    delivery: { idNumber: 'ID1', state: 'claimed' as const },
    attempt: randomUUID(),
    claimedAt: at,
  })

  test('a claim retried after a lost response is the same claim', async () => {
    const email = mail()
    expect(await emails().claim(email)).toEqual({ outcome: 'claimed' })
    expect(await emails().claim(email)).toEqual({ outcome: 'claimed' })
    expect(await emails().claim({ ...email, attempt: 'another' })).toMatchObject({ outcome: 'present' })
    await emails().settle(email, { idNumber: 'ID1', state: 'accepted', messageId: 'm' })
    expect(await emails().claim(email)).toMatchObject({ outcome: 'present' })
  })

  test('a mail is claimed once and settled once, permanently', async () => {
    const email = mail()
    expect(await emails().find(email.eventId)).toBeUndefined()
    expect(await emails().claim(email)).toEqual({ outcome: 'claimed' })
    expect(await emails().claim({ ...email, attempt: 'another', claimedAt: epochMilliseconds(at + 5) })).toMatchObject({
      outcome: 'present',
      email: { claimedAt: at },
    })
    expect(await emails().find(email.eventId)).toEqual({ state: 'claimed', claimedAt: at })
    await emails().settle(email, { idNumber: 'ID1', state: 'accepted', messageId: 'm' })
    await emails().settle(email, { idNumber: 'ID1', state: 'unknown', reason: 'late' })
    expect(await emails().find(email.eventId)).toEqual({ state: 'accepted', claimedAt: at })
    await emails().giveUp(email)
    expect(await emails().claim(email)).toMatchObject({
      outcome: 'present',
      email: { delivery: { state: 'accepted' } },
    })
  })

  test('a released claim can be made again', async () => {
    const email = mail()
    await emails().claim(email)
    const another = { ...email, attempt: 'another' }
    await emails().giveUp(another)
    expect(await emails().claim(another)).toMatchObject({ outcome: 'present' })
    await emails().giveUp(email)
    expect(await emails().claim(email)).toEqual({ outcome: 'claimed' })
  })
}

describe('in memory', () => {
  const releases = inMemoryReleases()
  const corrections = inMemoryCorrections(releases)
  const deliveries = inMemoryDeliveries()
  const accountEmails = inMemoryAccountEmails()
  describe('releases', () =>
    releasesContract(() => ({
      releases,
      openings: releases.openings,
      corrections,
      correctionOpenings: corrections.correctionOpenings,
      told: async () => releases.events.map(({ eventId }) => eventId),
    })))
  describe('plans and batches', () => plansContract(() => deliveries))
  describe('the send rate', () => {
    const sendRate = inMemorySendRate()
    sendRateContract(() => sendRate)
  })
  describe('account mails', () => accountEmailsContract(() => accountEmails))
})

describe('in DynamoDB', () => {
  let tables: TestTables
  const clock = manualClock()
  beforeAll(async () => {
    tables = await startTables()
  })
  afterAll(() => tables.stop())
  const all = async (table: 'outbox' | 'audit') =>
    (await tables.client.send(new ScanCommand({ TableName: tables.tableNames[table] }))).Items ?? []

  const correctionTables = () => ({ releases: tables.tableNames.corrections, audit: tables.tableNames.audit })

  describe('releases', () => {
    releasesContract(() => ({
      releases: {
        ...dynamoReleases(tables.client, tables.tableNames.releases),
        ...dynamoReleasePlans(tables.client, tables.tableNames),
        ...dynamoReleaseApprovals(tables.client, tables.tableNames, clock),
        ...dynamoReleaseSteps(tables.client, tables.tableNames),
        ...dynamoSessionOpenings(tables.client, tables.tableNames),
      },
      openings: dynamoOpenings(tables.client, tables.tableNames.openings),
      corrections: {
        ...dynamoReleases(tables.client, tables.tableNames.corrections),
        ...dynamoReleasePlans(tables.client, correctionTables(), correctionTransitions),
        ...dynamoReleaseApprovals(tables.client, { ...tables.tableNames, ...correctionTables() }, clock),
      },
      correctionOpenings: dynamoCorrectionOpenings(tables.client, tables.tableNames),
      told: async () => (await all('outbox')).map(({ eventId }) => eventId),
    }))

    test('that are released are open for listing results', async () => {
      const [released] = (
        await tables.client.send(
          new ScanCommand({
            TableName: tables.tableNames.releases,
            FilterExpression: '#state = :released',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':released': 'released' },
          }),
        )
      ).Items as PlannedRelease[]
      const facts = await dynamoReleaseStates(tables.client, tables.tableNames).of(released?.session ?? '')
      expect(isSessionOpen({ release: facts.release, opening: facts.opening, now: at })).toBe(true)
    })

    test('have an audit line for every decision', async () => {
      const lines = await all('audit')
      expect(lines.length).toBeGreaterThan(10)
      expect(lines[0]).toMatchObject({
        subject: 'release/s',
        entry: expect.stringMatching(/^2025-.*Z#/),
        by: 'olga',
        details: { count: 1 },
      })
    })
  })

  describe('plans and batches', () =>
    plansContract(() => ({
      ...dynamoResultEmailPlans(tables.client, tables.tableNames.deliveries),
      ...dynamoEmailBatches(tables.client, tables.tableNames.deliveries),
    })))
  describe('the send rate', () => sendRateContract(() => dynamoSendRate(tables.client, tables.tableNames.deliveries)))
  describe('account mails', () =>
    accountEmailsContract(() => dynamoAccountEmails(tables.client, tables.tableNames.deliveries)))
  describe('account mails with every response lost, so that each request arrives twice', () => {
    let lossy: TestTables
    beforeAll(() => {
      lossy = withLostResponses(tables)
    })
    afterAll(() => lossy.client.destroy())
    accountEmailsContract(() => dynamoAccountEmails(lossy.client, lossy.tableNames.deliveries))
  })

  describe('registered candidates', () => {
    const put = (table: 'accounts' | 'entries', item: object) =>
      tables.client.send(new PutCommand({ TableName: tables.tableNames[table], Item: item }))

    test('are addressed by name, at their newest address, if both account and entry exist', async () => {
      await put('accounts', { ...sampleAccount({ idNumber: 'BOTH01', email: 'new@example.org' }) })
      await put('entries', {
        ...sampleEntry({ idNumber: 'BOTH01', givenName: ' ', familyName: 'Mononym' }),
        secretHash: 'x',
      })
      await put('accounts', { ...sampleAccount({ idNumber: 'ACCOUNT' }) })
      await put('entries', { ...sampleEntry({ idNumber: 'ENTRY01' }) })
      const found = await dynamoAddressees(tables.client, tables.tableNames).find([
        'BOTH01',
        'ACCOUNT',
        'ENTRY01',
        'NOBODY',
      ])
      expect([...found.values()]).toEqual([
        {
          idNumber: 'BOTH01',
          email: 'new@example.org',
          emailOptIn: true,
          language: 'es',
          name: 'Mononym',
          exam: 'b2-first',
        },
      ])
    })

    test('are paged by shard in ascending order of IDs', async () => {
      const session = 's-paged'
      const ids = Array.from({ length: 120 }, (_, index) => `PAGE${String(index).padStart(4, '0')}`)
      const mine = ids.filter((id) => shardOf(id) === 2)
      for (const idNumber of ids) {
        await put('accounts', {
          ...sampleAccount({ idNumber, session }),
          sessionShard: sessionShardOf(session, idNumber),
        })
      }
      expect(sessionShardKey(session, 2)).toBe('s-paged#02')
      const accounts = dynamoSessionAccounts(tables.client, tables.tableNames.accounts)
      const seen: string[] = []
      for (let after = '', isLast = false; !isLast; ) {
        const page = await accounts.pageAfter(session, 2, after, 3)
        expect(page.accounts.length).toBeLessThanOrEqual(3)
        for (const account of page.accounts) {
          expect(account).toMatchObject({ emailOptIn: true, language: 'es' })
          expect(account).not.toHaveProperty('email')
          seen.push(account.idNumber)
        }
        after = page.accounts.at(-1)?.idNumber ?? after
        isLast = page.isLast
      }
      expect(seen).toEqual(mine)
      const inOneGo: string[] = []
      for await (const { idNumber } of accounts.inShard(session, 2)) inOneGo.push(idNumber)
      expect(inOneGo).toEqual(mine)
    })
  })
})
