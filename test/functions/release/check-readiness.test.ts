import { beforeEach, describe, expect, test } from '@jest/globals'
import { checkReadiness } from '../../../functions/release/check-readiness/check-readiness.ts'
import { checkReadinessHandler } from '../../../functions/release/check-readiness/handler.ts'
import type { MailReach } from '../../../shared/contracts/mail.ts'
import { hour, later, second } from '../../../shared/domain/time.ts'
import type { StageInspector } from '../../../shared/ports/stage-inspector.ts'
import { httpEvent, send } from '../../support/http-event.ts'
import { recordingLog } from '../../support/log.ts'
import { instant, releaseFixture, session } from '../../support/release-fixture.ts'

/** What would fail on the day: R61, R63. */
let fixture: ReturnType<typeof releaseFixture>
beforeEach(async () => {
  fixture = releaseFixture()
  await fixture.load(20)
})

const wellStage: StageInspector = {
  mailAccount: async () => ({ isOutOfSandbox: true, maySend: true, rate: 14, leftToday: 50_000 }),
  hasSchedule: async () => true,
  isSweepOn: async () => true,
  tables: async () => ({ names: ['accounts', 'results'], notReady: [] }),
  deadLetters: async () => [],
  alarms: async () => ({ count: 40, firing: [] }),
}

interface Circumstances {
  readonly inspector?: Partial<StageInspector>
  readonly stage?: string
  readonly mailReach?: MailReach
  readonly ports?: object
}

const check = async ({ inspector = {}, stage = 'prod', mailReach = 'everybody', ports = {} }: Circumstances = {}) => {
  const all = { ...fixture.ports, inspector: { ...wellStage, ...inspector }, stage, mailReach, ...ports }
  const answer = await checkReadiness(all)(session)
  if (answer.outcome !== 'checked') throw new Error(answer.outcome)
  return answer
}
/** Those that are not in order, as `check state: says → todo`. */
const amiss = async (circumstances: Circumstances = {}) =>
  (await check(circumstances)).checks
    .filter(({ state }) => state !== 'ok')
    .map(({ check: name, state, says, todo }) => `${name} ${state}: ${says}${todo ? ` → ${todo}` : ''}`)

describe('a release that is ready', () => {
  test('passes every check', async () => {
    await fixture.prepare()
    const { ready, checks } = await check()
    expect(ready).toBe(true)
    expect(checks.map(({ check: name, state }) => `${name} ${state}`)).toEqual(
      [
        ...['release', 'seals', 'results', 'imports', 'mail-templates', 'mail-account'],
        ...['recipients', 'schedule', 'sweep', 'tables', 'dead-letters', 'alarms'],
      ].map((name) => `${name} ok`),
    )
  })

  test('has the schedule that its approval created', async () => {
    await fixture.prepare()
    const asked: unknown[] = []
    const inspector = {
      hasSchedule: async (releaseId: string, at: number) => {
        asked.push({ releaseId, at })
        return true
      },
    }
    await check({ inspector })
    expect(asked).toEqual(fixture.schedules)
  })
})

describe('a release is not ready', () => {
  test('before approval, while it is held or cancelled, or when it is overdue', async () => {
    const { manifest } = await fixture.plan()
    expect(await amiss()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^release fail: .*nobody has approved/)]),
    )
    await fixture.releases.voidPlan(session)
    expect(await amiss()).toEqual(expect.arrayContaining([expect.stringMatching(/^release fail: .*have changed/)]))
    await fixture.approve((await fixture.plan()).manifest)
    expect(manifest).not.toBe('')
    await fixture.hold('paula')
    expect(await amiss()).toEqual(expect.arrayContaining([expect.stringMatching(/^release fail: It is held by paula/)]))
    await fixture.resume()
    fixture.clock.moveTo(later(instant, 66 * second))
    expect(await amiss()).toEqual(expect.arrayContaining([expect.stringMatching(/^release fail: It was due/)]))
    await fixture.cancel()
    expect((await check()).ready).toBe(false)
  })

  test('while a result is not sealed', async () => {
    const { manifest } = await fixture.plan()
    await fixture.approve(manifest)
    expect(await amiss()).toEqual([expect.stringMatching(/^seals fail: 0 of 20 results are sealed\. → .*dead letters/)])
  })

  test.each<[string, Circumstances, RegExp]>([
    [
      'SES has stopped the account',
      { inspector: { mailAccount: async () => ({ isOutOfSandbox: true, maySend: false, rate: 14, leftToday: 9 }) } },
      /^mail-account fail: SES has stopped/,
    ],
    [
      'prod is in the sandbox',
      { inspector: { mailAccount: async () => ({ isOutOfSandbox: false, maySend: true, rate: 1, leftToday: 200 }) } },
      /^mail-account fail: .*sandbox/,
    ],
    [
      'fewer mails are left today than are due',
      { inspector: { mailAccount: async () => ({ isOutOfSandbox: true, maySend: true, rate: 14, leftToday: 19 }) } },
      /^mail-account fail: 20 mails are due, and SES takes 19 more/,
    ],
    ['prod mails an allow-list alone', { mailReach: 'a-list' }, /^recipients fail: .*no candidate/],
    ['a rehearsal would mail everybody', { stage: 'staging' }, /^recipients fail: .*staging reaches everybody/],
    ['the sweep is off', { inspector: { isSweepOn: async () => false } }, /^sweep fail: .*→ Deploy/],
    [
      'a table is being made',
      { inspector: { tables: async () => ({ names: ['a', 'b'], notReady: ['b'] }) } },
      /^tables fail: Not ready: b/,
    ],
    [
      'a message lies among the dead letters',
      { inspector: { deadLetters: async () => [{ queue: 'release-seals-dead-letters', messages: 2 }] } },
      /^dead-letters fail: .*2 in release-seals-dead-letters/,
    ],
    [
      'an alarm is on',
      { inspector: { alarms: async () => ({ count: 9, firing: ['api-slow'] }) } },
      /^alarms fail: On: api-slow/,
    ],
    [
      'there are no alarms',
      { inspector: { alarms: async () => ({ count: 0, firing: [] }) } },
      /^alarms fail: .*no alarms/,
    ],
    [
      'other mails are deployed than were agreed to',
      { ports: { templates: { digest: 'other', faults: [] } } },
      /^mail-templates fail: The deployed mail templates differ/,
    ],
    [
      'a mail is unsound',
      { ports: { templates: { digest: 'x', faults: ['de: blank'] } } },
      /^mail-templates fail: .*de: blank/,
    ],
    [
      'an import is changing it',
      { ports: { importsUnderWay: { changing: async () => [{ importId: 'import-7' }] } } },
      /^imports fail: The import import-7/,
    ],
  ])('where %s', async (_, circumstances, sentence) => {
    await fixture.prepare()
    expect(await amiss(circumstances)).toEqual([expect.stringMatching(sentence)])
    expect((await check(circumstances)).ready).toBe(false)
  })
})

describe('warnings do not block a release:', () => {
  test('missing results, slow mails, or a lost schedule', async () => {
    fixture.members.entries.push({ session, idNumber: 'NORESULT' })
    await fixture.prepare()
    const inspector = {
      hasSchedule: async () => false,
      mailAccount: async () => ({ isOutOfSandbox: true, maySend: true, rate: 0.005, leftToday: 50_000 }),
    }
    expect(await amiss({ inspector })).toEqual([
      expect.stringMatching(/^results warn: 1 entries have no result/),
      expect.stringMatching(/^mail-account warn: 20 mails at 0.005 a second take 67 minutes/),
      expect.stringMatching(/^schedule warn: .*sweep/),
    ])
    expect((await check({ inspector })).ready).toBe(true)
  })

  test('the SES sandbox in a rehearsal', async () => {
    await fixture.prepare()
    const mailAccount = async () => ({ isOutOfSandbox: false, maySend: true, rate: 1, leftToday: 200 })
    const rehearsal = { inspector: { mailAccount }, stage: 'staging', mailReach: 'a-list' } as const
    expect(await amiss(rehearsal)).toEqual([expect.stringMatching(/^mail-account warn/)])
  })
})

test('a check without response is reported as unchecked, and does not block the others', async () => {
  await fixture.prepare()
  const alarms = async () => {
    throw new TypeError('no such service here, and no more of it')
  }
  expect(await amiss({ inspector: { alarms } })).toEqual([
    'alarms not-checked: Not checked here: no answer (TypeError).',
  ])
  expect((await check({ inspector: { alarms } })).ready).toBe(true)
})

test('after the release it still reports the state of the stage', async () => {
  const releaseId = await fixture.prepare()
  fixture.clock.moveTo(instant)
  await fixture.fire(releaseId)
  fixture.clock.advance(hour)
  expect(await amiss()).toEqual([])
})

test('over HTTP the response is the list of checks, or that nothing is planned', async () => {
  const ports = { ...fixture.ports, inspector: wellStage, stage: 'prod', mailReach: 'everybody' } as const
  const handler = checkReadinessHandler(checkReadiness(ports), { log: recordingLog() })
  const userArn = 'arn:aws:sts::000000000000:assumed-role/operator/olga'
  const ask = () => send(handler, httpEvent('checkReadiness', { userArn, pathParameters: { session } }))
  expect(await ask()).toMatchObject({ statusCode: 404, json: { code: 'no-such-release' } })
  await fixture.prepare()
  expect(await ask()).toMatchObject({ statusCode: 200, json: { session, ready: true } })
})
