import { describe, expect, test } from '@jest/globals'
import { runOps } from '../../../bin/ops/run-ops.ts'
import type { MailReport } from '../../../shared/contracts/answers.ts'

const session = '2026-11-b2-first-digital'
const report = (changes: Partial<MailReport> = {}): MailReport => ({
  ...{ session, releaseId: 'release-1', planned: 100, pending: 0, accepted: 97, unknown: 1, failed: 0, suppressed: 2 },
  ...{ delivered: 95, bounced: 2, complained: 0, isPlanned: true, isStopped: false, slowedBy: [], obstacles: [] },
  reasons: [{ reason: 'opted-out', count: 2 }],
  ...changes,
})

/** The command line against answers by method and path, each list one after the other, its last for ever. */
const ops = async (answers: Readonly<Record<string, readonly object[]>>, ...parameters: string[]) => {
  const printed = { stdout: '', stderr: '' }
  const asked: string[] = []
  const left = new Map(Object.entries(answers).map(([key, list]) => [key, [...list]]))
  const fetch = async (input: unknown, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(String(input), init)
    const { pathname, search } = new URL(request.url)
    const key = `${request.method} ${pathname.replace('/api/v1/ops', '')}${search}`
    asked.push(key)
    const list = left.get(key) ?? []
    const answer = list.length > 1 ? list.shift() : list[0]
    return answer ? Response.json(answer) : Response.json({ code: 'no-such-release' }, { status: 404 })
  }
  const status = await runOps([...parameters, '--local=http://localhost:3000', '--as=olga'], {
    fetch: fetch as typeof globalThis.fetch,
    sleep: async () => undefined,
    findDeployedApi: () => Promise.reject(new Error('not deployed')),
    resolveFromCwd: (path) => path,
    isTerminal: false,
    now: () => 0,
    writeFile: async () => undefined,
    stdout: (text) => {
      printed.stdout += text
    },
    stderr: (text) => {
      printed.stderr += text
    },
  })
  return { status, asked, ...printed }
}
const of = (path: string) => `/releases/${session}/${path}`

describe('release report', () => {
  test('prints the state of the mails with advice for people, and the response for machines', async () => {
    const obstacles: MailReport['obstacles'] = [
      { obstacle: 'breaker', says: 'Stopped.', todo: 'release resume-mails' },
      { obstacle: 'alarm', says: 'Slowed down by api-slow.' },
    ]
    const answers = { [`GET ${of('report')}`]: [report({ isStopped: true, slowedBy: ['api-slow'], obstacles })] }
    const { status, stdout } = await ops(answers, 'release', 'report', session)
    expect(status).toBe(0)
    for (const said of ['100 mails planned', '95 delivered, 2 bounced', 'release reconcile', '2 opted-out'])
      expect(stdout).toContain(said)
    expect(stdout).toContain('  ! Stopped.\n    → release resume-mails\n  ! Slowed down by api-slow.\n')
    const json = await ops(answers, 'release', 'report', session, '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ planned: 100, accepted: 97 })
  })

  test('lists everybody without a mail, over all pages', async () => {
    const answers = {
      [`GET ${of('report')}`]: [report()],
      [`GET ${of('unmailed')}`]: [{ recipients: [{ idNumber: 'ID1', state: 'unknown' }], next: '0.x' }],
      [`GET ${of('unmailed')}?after=0.x`]: [
        { recipients: [{ idNumber: 'ID2', state: 'suppressed', reason: 'opted-out' }] },
      ],
    }
    const { stdout } = await ops(answers, 'release', 'report', session, '--list')
    expect(stdout).toMatch(/ID1 {2}unknown\n {2}ID2 {2}suppressed, opted-out\n$/)
    const json = await ops(answers, 'release', 'report', session, '--list', '--json')
    expect(JSON.parse(json.stdout).unmailed).toHaveLength(2)
  })

  test('watches until nothing is pending, and shows rate and remaining time', async () => {
    const steps = [
      report({ pending: 100, isPlanned: false }),
      report({ pending: 60 }),
      report({ pending: 20 }),
      report(),
    ]
    const { stderr, stdout } = await ops({ [`GET ${of('report')}`]: steps }, 'release', 'report', session, '--watch')
    expect(stderr.split('\n')).toEqual([
      '40 of 100, 20 a second, 3 s left',
      '80 of 100, 20 a second, 1 s left',
      '100 of 100, 10 a second, 0 s left',
      '',
    ])
    expect(stdout).toContain('pending      0')
  })

  test('explains once, while watching, why no mail goes out, and does not wait for a cancelled release', async () => {
    const held: MailReport['obstacles'] = [{ obstacle: 'held', says: 'Held by piet.', todo: 'release resume' }]
    const cancelled: MailReport['obstacles'] = [{ obstacle: 'cancelled', says: 'It is cancelled.' }]
    const steps = [
      report({ pending: 100 }),
      report({ pending: 60, obstacles: held }),
      report({ pending: 60, obstacles: held }),
      report({ pending: 60, obstacles: cancelled }),
    ]
    const { stderr } = await ops({ [`GET ${of('report')}`]: steps }, 'release', 'report', session, '--watch')
    expect(stderr.split('\n')).toEqual([
      '40 of 100, 20 a second, 3 s left',
      '  ! Held by piet.',
      '    → release resume',
      '40 of 100, 0 a second',
      '40 of 100, 0 a second',
      '  ! It is cancelled.',
      '',
    ])
  })

  test('reports on a correction if one is named', async () => {
    const { status, asked } = await ops(
      { [`GET ${of('report')}?correction=c-1`]: [report()] },
      ...['release', 'report', session, '--correction=c-1'],
    )
    expect([status, asked]).toEqual([0, [`GET ${of('report')}?correction=c-1`]])
  })

  test('fails without a release, with advice', async () => {
    const { status, stderr } = await ops({}, 'release', 'report', session)
    expect(status).toBe(1)
    expect(stderr).toContain('release plan SESSION')
  })
})

describe('remedies', () => {
  test('reconcile shows the unknown mails and when they can be resent', async () => {
    const done = { session, settled: 3, unknown: 1, requeued: 0, resendFrom: '2026-12-02T09:00:00.000Z' }
    const { stdout } = await ops({ [`POST ${of('reconciliation')}`]: [done] }, 'release', 'reconcile', session)
    expect(stdout).toContain('3 settled')
    expect(stdout).toContain('2026-12-02T09:00:00.000Z')
  })

  test('reconcile repeats steps until it is done, shows progress, and adds up the steps', async () => {
    const steps = {
      [`POST ${of('reconciliation')}`]: [
        { session, settled: 3, unknown: 1, requeued: 5, resendFrom: '2026-12-02T09:00:00.000Z', next: '0.batch#1' },
      ],
      [`POST ${of('reconciliation')}?after=0.batch%231`]: [
        { session, settled: 2, unknown: 2, requeued: 0, resendFrom: '2026-12-02T08:00:00.000Z', next: '1.' },
      ],
      [`POST ${of('reconciliation')}?after=1.`]: [{ session, settled: 1, unknown: 0, requeued: 0 }],
    }
    const { stderr, asked, stdout } = await ops(steps, 'release', 'reconcile', session)
    expect(asked).toHaveLength(3)
    expect(stderr).toContain('3 settled, 5 put back on the queue, 1 unknown so far\n')
    expect(stdout).toContain('6 settled, 5 put back on the queue, 3 unknown\n')
    const json = await ops(steps, 'release', 'reconcile', session, '--json')
    expect([json.stderr, JSON.parse(json.stdout)]).toEqual([
      '',
      { session, settled: 6, unknown: 3, requeued: 5, resendFrom: '2026-12-02T09:00:00.000Z' },
    ])
  })

  test('resend-unknown also adds up its steps', async () => {
    const steps = {
      [`POST ${of('unknown-mails')}`]: [{ session, resent: 4, tooEarly: 0, resentBefore: 1, next: '1.' }],
      [`POST ${of('unknown-mails')}?after=1.`]: [{ session, resent: 3, tooEarly: 2, resentBefore: 0 }],
    }
    const { status, stdout } = await ops(steps, 'release', 'resend-unknown', session, '--json')
    expect([status, JSON.parse(stdout)]).toEqual([0, { session, resent: 7, tooEarly: 2, resentBefore: 1 }])
  })

  test('resend-unknown is refused while it is too early', async () => {
    const answer = { session, resent: 0, tooEarly: 2, resentBefore: 0 }
    const early = await ops({ [`POST ${of('unknown-mails')}`]: [answer] }, 'release', 'resend-unknown', session)
    expect(early).toMatchObject({ status: 1, stderr: expect.stringContaining('less than a day') })
    const done = await ops(
      { [`POST ${of('unknown-mails')}`]: [{ ...answer, resent: 2, tooEarly: 0 }] },
      ...['release', 'resend-unknown', session],
    )
    expect(done).toMatchObject({ status: 0, stdout: expect.stringContaining('2 resent') })
  })

  test.each(['reconcile', 'resend-unknown', 'resume-mails'])('%s --dry-run changes nothing', async (command) => {
    const { asked, stdout } = await ops(
      { [`GET ${of('report')}`]: [report()] },
      ...['release', command, session, '--dry-run'],
    )
    expect(asked).toEqual([`GET ${of('report')}`])
    expect(stdout).toContain('Nothing was changed')
  })
})

describe('dead letters', () => {
  const queues = [
    { queue: 'result-emails', messages: 2, holds: 'one wave', redrivable: true },
    { queue: 'outbox', messages: 1, holds: 'a place in the stream', redrivable: false },
    { queue: 'account-emails', messages: 0, holds: 'one event', redrivable: true },
  ]

  test('are listed per queue, with a description', async () => {
    const { stdout } = await ops({ 'GET /dead-letters': [{ queues }] }, 'dead-letters', 'list')
    expect(stdout).toContain('2  result-emails: each is one wave\n')
    expect(stdout).toContain('cannot be redriven')
    expect(stdout).not.toContain('account-emails')
    const none = await ops({ 'GET /dead-letters': [{ queues: [] }] }, 'dead-letters', 'list')
    expect(none.stdout).toBe('All dead-letter queues are empty.\n')
  })

  test('are redriven, or with --dry-run only listed', async () => {
    const answers = {
      'GET /dead-letters': [{ queues }],
      'POST /dead-letters/redrive': [{ queues: [{ queue: 'result-emails', messages: 2 }] }],
    }
    const dry = await ops(answers, 'dead-letters', 'redrive', '--dry-run')
    expect(dry.stdout).toContain('Would redrive 2 of result-emails on')
    expect(dry.asked).toEqual(['GET /dead-letters'])
    const done = await ops(answers, 'dead-letters', 'redrive', '--queue', 'result-emails')
    expect(done.stdout).toBe('2 of result-emails are on their way\n')
  })
})

describe('the audit trail', () => {
  const entry = (second: number, action: string) => ({
    ...{ at: `2026-11-23T09:00:0${second}.000Z`, by: 'olga', action, details: { manifest: 'm', results: second } },
  })
  const answers = {
    'GET /audit?subject=release%2Fone': [{ entries: [entry(1, 'release-planned')], next: 'cursor' }],
    'GET /audit?subject=release%2Fone&after=cursor': [{ entries: [entry(2, 'release-held')] }],
    'GET /audit?subject=refused': [{ entries: [] }],
  }

  test('is shown whole, a line for each entry', async () => {
    const { status, stdout } = await ops(answers, 'audit', 'release/one')
    expect(status).toBe(0)
    expect(stdout).toBe(
      '2026-11-23T09:00:01.000Z  olga  release-planned  manifest=m  results=1\n' +
        '2026-11-23T09:00:02.000Z  olga  release-held  manifest=m  results=2\n',
    )
    const json = await ops(answers, 'audit', 'release/one', '--json')
    expect(JSON.parse(json.stdout)).toEqual({
      subject: 'release/one',
      entries: [entry(1, 'release-planned'), entry(2, 'release-held')],
    })
  })

  test('may have nothing to say', async () => {
    expect((await ops(answers, 'audit', 'refused')).stdout).toBe('The audit trail has nothing about refused.\n')
  })

  test.each(['one', 'release/', 'release/a b', 'account/ABC12345'])('has no subject %j', async (subject) => {
    const { status, stderr, asked } = await ops(answers, 'audit', subject)
    expect([status, asked]).toEqual([2, []])
    expect(stderr).toContain('A subject is release/SESSION, import/ID, queue/NAME or refused.')
  })
})
