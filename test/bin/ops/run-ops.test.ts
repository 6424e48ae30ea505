import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { runOps } from '../../../bin/ops/run-ops.ts'
import type { ReleaseAnswer } from '../../../shared/contracts/operations-answers.ts'
import { type StubService, startStubService } from '../../support/stub-service.ts'

/** The ops command line, through its door: R62, R63. */
const session = '2026-11-b2-first-digital'
const planned: ReleaseAnswer = {
  session,
  releaseId: 'release-1',
  state: 'planned',
  releaseAt: '2026-12-01T09:00:00.000Z',
  plannedBy: 'olga',
  manifest: 'manifest-1',
  counts: { entries: 3, results: 2, entriesWithoutResult: 1, resultsWithoutEntry: 0, recipients: 1, sealed: 0 },
}

let service: StubService
let folder: string
let file: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-'))
  file = join(folder, 'entries.csv')
  await writeFile(file, 'id_number\nB12345678\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(async () => {
  service = await startStubService({ 'operator-olga': 'local', 'operator-piet': 'local', 'aws-key': 'aws-secret' })
})
afterEach(() => service.stop())

/** A terminal, on which lines are written over, and files that were written. */
let environment = { isTerminal: false, files: new Map<string, string>(), fetch }
beforeEach(() => {
  environment = { isTerminal: false, files: new Map(), fetch }
})

const ops = async (...parameters: string[]) => {
  let clock = 0
  const printed = { stdout: '', stderr: '' }
  const pauses: number[] = []
  const exitCode = await runOps(parameters, {
    fetch: environment.fetch,
    stdout: (text) => {
      printed.stdout += text
    },
    stderr: (text) => {
      printed.stderr += text
    },
    sleep: async (milliseconds) => {
      clock += milliseconds
      pauses.push(milliseconds)
    },
    isTerminal: environment.isTerminal,
    now: () => clock,
    writeFile: async (path, content) => {
      if (path === '/cannot') throw new Error('EACCES')
      environment.files.set(path, content)
    },
    resolveFromCwd: (path) => path,
    findDeployedApi: async () => ({
      origin: service.origin,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'aws-key', secretAccessKey: 'aws-secret', sessionToken: 'token' },
    }),
  })
  return { exitCode, ...printed, pauses }
}

const local = (person = 'olga') => [`--local=${service.origin}`, `--as=${person}`]

const calls = () => service.received.map(({ method, path }) => `${method} ${path}`)

describe('importing a file', () => {
  test('uploads it, signed by the person, and waits until it is applied (R62)', async () => {
    service.state.importAnswers = [
      { state: 'waiting', rows: 0, accepted: 0, errors: [] },
      'try-again',
      { state: 'applying', rows: 1, accepted: 0, errors: [] },
      { state: 'applied', rows: 1, accepted: 1, errors: [] },
    ]
    const { exitCode, stdout, stderr, pauses } = await ops('import', 'entries', file, ...local())
    expect(exitCode).toBe(0)
    expect(stdout).toBe('entries.csv is applied: 1 of 1 rows accepted (import import-1).\n')
    expect(stderr).toContain('entries.csv: applying, 0 %, 0 rows\n')
    expect(pauses).toEqual([200, 300, 450])

    const [start, put, ...shows] = service.received
    expect(start).toMatchObject({
      method: 'POST',
      path: '/api/v1/ops/imports',
      body: JSON.stringify({ kind: 'entries', fileName: 'entries.csv', stage: 'dev' }),
    })
    expect(put).toMatchObject({ method: 'PUT', path: '/bucket?key=1', body: 'id_number\nB12345678\n' })
    expect(shows).toHaveLength(4)
    for (const { signedBy } of [start, ...shows] as { signedBy: string }[]) expect(signedBy).toBe('operator-olga')
  })

  test('reports every bad row with line, column and reason, and exits with status 1', async () => {
    const errors = [
      { line: 2, column: 'exam', reason: 'is not in the catalogue' },
      { line: 7, column: 'mode', reason: 'is neither paper nor digital' },
    ]
    service.state.importAnswers = [{ state: 'refused', rows: 9, accepted: 0, errors }]
    const told = await ops('import', 'entries', file, ...local())
    expect(told.exitCode).toBe(1)
    expect(told.stdout).toBe('line 2: exam: is not in the catalogue\nline 7: mode: is neither paper nor digital\n')
    expect(told.stderr).toMatch(/refused as a whole/)

    const machine = await ops('import', 'entries', file, '--json', ...local())
    expect(machine.exitCode).toBe(1)
    expect(JSON.parse(machine.stdout)).toEqual({ importId: 'import-1', state: 'refused', rows: 9, accepted: 0, errors })
  })

  test('states how many more errors there are if only the first are listed', async () => {
    const errors = [{ line: 2, column: 'exam', reason: 'not in the catalogue' }]
    service.state.importAnswers = [{ state: 'refused', rows: 9000, accepted: 0, errors, errorCount: 5000 }]
    const { stdout } = await ops('import', 'entries', file, ...local())
    expect(stdout).toBe(
      'line 2: exam: not in the catalogue\n… and 4999 more: import-status import-1 --errors=FILE saves them all\n',
    )
  })

  describe('shows progress', () => {
    const at = (phase: 'comparing' | 'applying', rows: number, share: number) => ({
      ...{ state: 'applying', rows: 0, accepted: 0, errors: [], progress: { phase, rows, share } },
    })
    const wait = { state: 'waiting', rows: 0, accepted: 0, errors: [] } as const
    const totals = { rows: 1_000, sha256: 'f00d', sessions: { s: 1_000 }, exams: { 'b2-first': 990, unknown: 10 } }
    const changes = { added: 990, corrected: 4, unchanged: 6 }
    const end = { state: 'applied', rows: 1_000, accepted: 1_000, errors: [], totals, changes } as const
    beforeEach(() => {
      service.state.importAnswers = [
        wait,
        at('comparing', 100, 0.1) as never,
        at('comparing', 400, 0.4) as never,
        at('applying', 0, 0) as never,
        at('applying', 500, 0.5) as never,
        end,
      ]
    })

    test('with a bar on a terminal, rows per second and remaining time', async () => {
      environment.isTerminal = true
      const { stderr, stdout } = await ops('import', 'entries', file, ...local())
      expect(stderr.split('\r\u001B[K').slice(1)).toEqual([
        'entries.csv: waiting [........................] 0 %, 0 rows',
        'entries.csv: comparing [##......................] 10 %, 100 rows',
        'entries.csv: comparing [##########..............] 40 %, 400 rows, 1,000 rows/s, 1 s left',
        'entries.csv: applying [........................] 0 %, 0 rows',
        'entries.csv: applying [############............] 50 %, 500 rows, 741 rows/s, 1 s left\n',
      ])
      expect(stdout).toBe(
        [
          'entries.csv is applied: 1000 of 1000 rows accepted (import import-1).',
          '  rows     990 new, 4 corrected, 6 as before',
          '  exams    b2-first 990, unknown 10',
          '  SHA-256  f00d',
          '',
        ].join('\n'),
      )
    })

    test('with a plain line for each phase without a terminal', async () => {
      const { stderr } = await ops('import', 'entries', file, ...local())
      expect(stderr).toBe(
        [
          'entries.csv: waiting, 0 %, 0 rows',
          'entries.csv: comparing, 10 %, 100 rows',
          'entries.csv: applying, 0 %, 0 rows',
          '',
        ].join('\n'),
      )
    })

    test('not with --json', async () => {
      environment.isTerminal = true
      const { stderr, stdout } = await ops('import', 'entries', file, '--json', ...local())
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual({ importId: 'import-1', ...end })
    })
  })

  describe('saves the list of all errors of a file', () => {
    const errors = [{ line: 2, column: 'exam', reason: 'not in the catalogue' }]
    beforeEach(() => {
      const errorsUrl = `${service.origin}/bucket?key=errors`
      service.state.importAnswers = [{ state: 'refused', rows: 9000, accepted: 0, errors, errorCount: 5000, errorsUrl }]
    })
    const csv = 'line,column,reason\r\n2,exam,not in the catalogue\r\n'

    test('to the given file', async () => {
      const { exitCode, stderr } = await ops('import', 'entries', file, '--errors=bad.csv', ...local())
      expect(exitCode).toBe(1)
      expect(stderr).toContain('All errors are listed in bad.csv.')
      expect(environment.files).toEqual(new Map([['bad.csv', csv]]))
    })

    test('also later, by the import’s id', async () => {
      const { exitCode, stdout } = await ops('import-status', 'import-1', '--errors', 'bad.csv', ...local())
      expect(exitCode).toBe(1)
      expect(stdout).toBe('line 2: exam: not in the catalogue\n… and 4999 more\n')
      expect(environment.files).toEqual(new Map([['bad.csv', csv]]))
      expect(service.received.map(({ method }) => method)).not.toContain('POST')
    })

    test('or explains why it cannot', async () => {
      const { exitCode, stderr } = await ops('import', 'entries', file, '--errors=/cannot', ...local())
      expect(exitCode).toBe(1)
      expect(stderr).toContain('/cannot cannot be written.')
    })
  })

  test('gives up on an import without progress for half an hour', async () => {
    service.state.importAnswers = [{ state: 'waiting', rows: 0, accepted: 0, errors: [] }]
    const { exitCode, stderr, pauses } = await ops('import', 'entries', file, ...local())
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/has not moved for 30 minutes/)
    expect(pauses.reduce((sum, pause) => sum + pause)).toBeGreaterThanOrEqual(1_800_000)
    expect(Math.max(...pauses)).toBe(2000)
  })

  test.each([
    ['is not there', () => join(folder, 'none.csv')],
    ['is a folder', () => folder],
  ])('names a file that %s', async (_why, path) => {
    const { exitCode, stderr } = await ops('import', 'entries', path(), ...local())
    const sentence = `${path()} cannot be read: is it there, and is it a file?\n`
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: sentence })
    expect(service.received).toEqual([])
  })

  test('passes on the folder of a file if it names a stage, so that no other stage imports it', async () => {
    const prod = join(folder, 'prod')
    await mkdir(prod, { recursive: true })
    await writeFile(join(prod, 'entries.csv'), 'id_number\n')
    service.state.importAnswers = [{ state: 'applied', rows: 1, accepted: 1, errors: [] }]
    await ops('import', 'entries', join(prod, 'entries.csv'), ...local())
    expect(JSON.parse(service.received[0]?.body ?? '')).toMatchObject({ fileName: 'prod/entries.csv', stage: 'dev' })
  })

  test('survives a broken connection', async () => {
    service.state.importAnswers = [
      { state: 'waiting', rows: 0, accepted: 0, errors: [] },
      'broken-off',
      'broken-off',
      { state: 'applied', rows: 1, accepted: 1, errors: [] },
    ]
    const { exitCode, stdout } = await ops('import', 'entries', file, ...local())
    expect([exitCode, stdout]).toEqual([0, 'entries.csv is applied: 1 of 1 rows accepted (import import-1).\n'])
  })

  test('after a minute without a response says that the import continues, and how to check it', async () => {
    service.state.importAnswers = ['broken-off']
    const { exitCode, stderr, pauses } = await ops('import', 'entries', file, ...local())
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/works on it by itself: ask with import-status import-1\n$/)
    expect(pauses.reduce((sum, pause) => sum + pause)).toBeGreaterThan(55_000)
  })
})

describe('releasing a session', () => {
  test('plans it for an instant and shows what was counted (R63)', async () => {
    service.state.release = planned
    const { exitCode, stdout } = await ops('release', 'plan', session, '--at=2026-12-01T10:00+01:00', ...local())
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/3, of which 1 without a result/)
    expect(service.received).toMatchObject([
      {
        method: 'POST',
        path: '/api/v1/ops/releases',
        body: JSON.stringify({ session, releaseAt: '2026-12-01T09:00:00.000Z' }),
        signedBy: 'operator-olga',
      },
    ])
  })

  test('lists what to check before approval, and shows the mails (R63)', async () => {
    service.state.release = {
      ...planned,
      preview: {
        recipientsByLanguage: [
          { language: 'en', recipients: 1 },
          { language: 'it', recipients: 2 },
        ],
        outliers: ['80 % have the grade A; in earlier releases it was 20 %'],
        comparedWith: { sessions: 2, results: 140 },
        localTimes: [
          { zone: 'UTC', local: '2026-12-01 09:00', offset: '+00:00' },
          { country: 'IT', zone: 'Europe/Rome', local: '2026-12-01 10:00', offset: '+01:00' },
        ],
      },
      findings: { entriesWithoutResult: ['B1', 'B2'], resultsWithoutEntry: [], blankNames: [] },
      samples: [{ language: 'it', subject: 'I risultati', text: 'Ciao,\n\nsono usciti.\n' }],
    }
    const { stdout } = await ops('release', 'plan', session, '--at=2026-12-01T09:00:00Z', ...local())
    for (const line of [
      '  languages    en 1, it 2',
      '  local times  2026-12-01 09:00 (+00:00) UTC',
      '               2026-12-01 10:00 (+01:00) IT, Europe/Rome',
      '  compared     with 2 earlier releases of this exam, 140 of their results',
      '  ! 80 % have the grade A; in earlier releases it was 20 %',
      '  ! entries without a result: B1, B2',
      '[it] I risultati',
      '  sono usciti.',
    ]) {
      expect(stdout.split('\n')).toContain(line)
    }
    expect(stdout).not.toContain('results without an entry:')
  })

  test('approves exactly the reviewed plan: the approval carries its manifest', async () => {
    service.state.release = planned
    const { exitCode } = await ops('release', 'approve', session, ...local('piet'))
    expect(exitCode).toBe(0)
    expect(service.received).toMatchObject([
      { method: 'GET', path: `/api/v1/ops/releases/${session}`, signedBy: 'operator-piet' },
      {
        method: 'POST',
        path: `/api/v1/ops/releases/${session}/approval`,
        body: JSON.stringify({ manifest: 'manifest-1' }),
        signedBy: 'operator-piet',
      },
    ])
  })

  test('approves the reviewed manifest even if another plan was made since, which the service then refuses', async () => {
    service.state.release = planned
    await ops('release', 'approve', session, '--manifest=manifest-of-yesterday', ...local('piet'))
    expect(service.received.at(-1)?.body).toBe(JSON.stringify({ manifest: 'manifest-of-yesterday' }))
  })

  test.each([
    [{ code: 'same-person' }, /Another person has to approve it/],
    [{ code: 'manifest-changed' }, /another plan was made.*plan it again/],
    [{ code: 'forbidden' }, /operator role/],
    [{ code: 'release-refused', detail: 'It is released already.' }, /^It is released already\.$/],
    [{ code: 'malformed-request', fields: [{ path: 'releaseAt', code: 'not-in-the-future' }] }, /--at has to be later/],
    [{ code: 'malformed-request', fields: [{ path: 'stage', code: 'not-in-list' }] }, /meant for another stage/],
    [{ code: 'malformed-request', fields: [{ path: 'queue', code: 'not-in-list' }] }, /dead-letters list shows/],
    [{ code: 'unexpected' }, /request-1/],
  ] as const)('says what to do when the service answers %j', async (refusal, sentence) => {
    service.state.release = planned
    service.state.refusal = refusal
    const { exitCode, stdout, stderr } = await ops('release', 'approve', session, ...local())
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr.trimEnd()).toMatch(sentence)

    const machine = await ops('release', 'approve', session, ...local(), '--json')
    expect(JSON.parse(machine.stdout)).toMatchObject({ error: refusal.code })
  })

  test.each([
    ['held', {}, /: held, not released until it is resumed; was to be released at /m],
    ['cancelled', {}, /: cancelled, not released; was to be released at 2026-12-01T09:00:00.000Z$/m],
    ['planned', { manifest: 'void' }, /! the counted results have changed since; plan it again/],
  ] as const)('says of one that is %s what that means: %j', async (state, changes, sentence) => {
    service.state.release = { ...planned, state, ...changes }
    const { stdout } = await ops('release', 'status', session, ...local())
    expect(stdout).toMatch(sentence)
  })

  test('names a correction by its id, which can be used to request its report', async () => {
    const counts = { results: 3, changes: 1, recipients: 1, sealed: 3 }
    const correction = {
      ...{ correctionId: 'correction-1', correctAt: planned.releaseAt, notify: true, plannedBy: 'olga' },
      ...{ manifest: 'm', counts },
    }
    service.state.release = { ...planned, correction: { ...correction, state: 'planned' } }
    const { stdout } = await ops('release', 'status', session, ...local())
    expect(stdout).toContain('  id           correction-1 (of its mails: release report … --correction=ID)\n')
    service.state.release = { ...planned, correction: { ...correction, state: 'cancelled' } }
    expect((await ops('release', 'status', session, ...local())).stdout).toContain(
      'correction: cancelled; nothing is corrected by it\n',
    )
  })

  test('reports that nothing is planned', async () => {
    const { exitCode, stderr } = await ops('release', 'status', session, ...local())
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/Plan one first/)
  })
})

describe('steps that one person can take alone', () => {
  test.each([
    ['hold', 'hold', { state: 'held' }, /stay hidden.*release resume/],
    ['hold', 'hold', { state: 'held', releasedAt: '2026-12-01T09:00:00.000Z' }, /results are hidden.*release resume/],
    ['resume', 'resumption', { state: 'approved' }, /opens at 2026-12-01T09:00:00.000Z, or in a moment/],
    ['resume', 'resumption', { state: 'released', releasedAt: '2026-12-01T09:00:00.000Z' }, /visible again/],
    ['cancel', 'cancellation', { state: 'cancelled' }, /can be planned again/],
  ] as const)('%s calls its route and says what comes next (R63)', async (step, route, changes, sentence) => {
    service.state.release = { ...planned, ...changes, lastStep: { step, by: 'piet', at: planned.releaseAt } }
    const { exitCode, stdout } = await ops('release', step, session, ...local('piet'))
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(sentence)
    expect(stdout).toContain(`last step    ${step}, by piet`)
    expect(service.received).toMatchObject([
      { method: 'POST', path: `/api/v1/ops/releases/${session}/${route}`, body: '', signedBy: 'operator-piet' },
    ])
  })

  test.each(['hold', 'resume', 'cancel'])('%s --dry-run only looks', async (step) => {
    service.state.release = planned
    const { exitCode, stdout } = await ops('release', step, session, '--dry-run', ...local())
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`Would ${step} this`) })
    expect(calls()).toEqual([`GET /api/v1/ops/releases/${session}`])
  })
})

describe('readiness', () => {
  const answer = (state: 'ok' | 'fail') => ({
    session,
    ready: state === 'ok',
    checks: [
      { check: 'release', state, says: 'It is planned.', ...(state === 'fail' && { todo: 'Approve it.' }) },
      { check: 'alarms', state: 'not-checked', says: 'Not checked here.' },
    ],
  })

  test('prints each check with advice if it fails, and exits with status 1 only then (R63)', async () => {
    service.state.release = answer('fail') as never
    const failing = await ops('readiness', session, ...local())
    expect(failing).toMatchObject({ exitCode: 1, stderr: `${session} is not ready: 1 of 2 checks fail.\n` })
    expect(failing.stdout.split('\n')).toEqual([
      'FAIL  release        It is planned.',
      '                     → Approve it.',
      '-     alarms         Not checked here.',
      '',
    ])
    service.state.release = answer('ok') as never
    expect(await ops('readiness', session, ...local())).toMatchObject({ exitCode: 0, stderr: '' })
    const machine = await ops('readiness', session, '--json', ...local())
    expect(JSON.parse(machine.stdout)).toEqual(answer('ok'))
    expect(calls().at(-1)).toBe(`GET /api/v1/ops/releases/${session}/readiness`)
  })
})

describe('correcting what was released', () => {
  const correction = {
    correctionId: 'correction-1',
    state: 'planned',
    correctAt: '2026-12-02T09:00:00.000Z',
    notify: true,
    plannedBy: 'olga',
    manifest: 'manifest-2',
    counts: { results: 2, changes: 1, recipients: 1, sealed: 0 },
  } as const
  const released = { ...planned, state: 'released', releasedAt: planned.releaseAt, correction } as const

  test.each([
    [['--notify'], { session, notify: true }],
    [['--no-notify'], { session, notify: false }],
    [['--no-notify', '--at=2026-12-02T09:00:00Z'], { session, releaseAt: '2026-12-02T09:00:00.000Z', notify: false }],
  ])('planned with %j says whom it changes and tells (R63)', async (options, body) => {
    service.state.release = released
    const { exitCode, stdout } = await ops('release', 'plan', session, ...options, ...local())
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/correction: planned.*\n.*\n.*\n +changes +1 of 2 results/)
    expect(JSON.parse(service.received[0]?.body ?? '')).toEqual(body)
  })

  test('is what the preview is of, and not the release that everybody was mailed about', async () => {
    const preview = {
      ...{ recipientsByLanguage: [], outliers: [], localTimes: [] },
      comparedWith: { sessions: 0, results: 0 },
    }
    service.state.release = { ...released, preview }
    const { stdout } = await ops('release', 'status', session, ...local())
    const [ofRelease = '', ofCorrection = ''] = stdout.split('\ncorrection: ')
    expect(ofRelease).not.toContain('nobody is mailed')
    expect(ofCorrection).toContain('  languages    nobody is mailed\n')
  })

  test('receives an approval while it waits for one; otherwise the release does', async () => {
    const manifests = []
    for (const state of ['planned', 'released', 'cancelled'] as const) {
      service.state.release = { ...released, correction: { ...correction, state } }
      await ops('release', 'approve', session, ...local('piet'))
      manifests.push(JSON.parse(service.received.at(-1)?.body ?? '').manifest)
    }
    expect(manifests).toEqual(['manifest-2', 'manifest-1', 'manifest-1'])
  })

  test('without the decision whether to notify candidates, an explanation is printed', async () => {
    service.state.release = released
    service.state.refusal = { code: 'malformed-request', fields: [{ path: 'notify', code: 'required' }] }
    const { exitCode, stderr } = await ops('release', 'plan', session, '--at=2026-12-02T09:00:00Z', ...local())
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/--notify or --no-notify/) })
  })
})

describe('the options', () => {
  test.each([
    ['before the command', (options: string[]) => [...options, 'release', 'status', session]],
    ['inside the command', (options: string[]) => ['release', ...options, 'status', session]],
    ['after the command', (options: string[]) => ['release', 'status', session, ...options]],
  ])('count %s', async (_where, place) => {
    service.state.release = planned
    const { exitCode, stdout } = await ops(...place(['--json', '--stage=dev', ...local()]))
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual(planned)
    expect(service.received[0]?.signedBy).toBe('operator-olga')
  })

  test('--dry-run says what would be done and changes nothing', async () => {
    service.state.release = planned
    const dry = ['--dry-run', '--json', ...local()]
    const answers = [
      await ops('import', 'results', file, ...dry),
      await ops('release', 'plan', session, '--at=2026-12-01T09:00:00Z', ...dry),
      await ops('release', 'approve', session, ...dry),
    ]
    for (const { exitCode, stdout } of answers) {
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ dryRun: true })
    }
    expect(calls()).toEqual([`GET /api/v1/ops/releases/${session}`])
  })

  test.each([
    [[]],
    [['unknown']],
    [['import']],
    [['import', 'centres-of-the-universe', 'file.csv']],
    [['import', 'entries']],
    [['import', 'entries', 'a.csv', 'b.csv']],
    [['release', 'plan', session]],
    [['release', 'plan', session, '--at=tomorrow']],
    [['release', 'plan', session, '--at=2027-02-30T09:00:00Z']],
    [['release', 'plan', session, '--at=2027-02-28T24:00:00Z']],
    [['release', 'plan', session, '--at=2027-04-31T09:00+02:00']],
    [['release', 'plan', 'No Session', '--at=2026-12-01T09:00:00Z']],
    [['release', 'status', session, '--unknown']],
    [['release', 'status', session, '--stage=production']],
    [['release', 'status', session, '--stage=', '--local=http://localhost:3000', '--as=olga']],
    [['release', 'status', session, '--local=http://localhost:3000']],
    [['release', 'status', session, '--as=olga']],
    [['release', 'status', session, '--local=localhost', '--as=olga']],
    [['release', 'status', session, '--local=http://localhost:3000', '--as=o/lga']],
  ])('used wrongly end with 2 and send nothing: %j', async (parameters) => {
    const told = await ops(...parameters)
    expect(told.exitCode).toBe(2)
    expect(told.stderr).not.toBe('')
    const machine = await ops(...parameters, '--json')
    expect(machine.exitCode).toBe(2)
    expect(JSON.parse(machine.stdout)).toMatchObject({ error: 'wrong-use' })
    expect(service.received).toEqual([])
  })

  test.each([[[]], [['release']], [['dead-letters']]])(
    'without a command say so to machines, too: %j',
    async (parameters) => {
      const { stdout } = await ops(...parameters, '--json')
      expect(JSON.parse(stdout)).toEqual({
        error: 'wrong-use',
        reason: 'No command given. --help lists them.',
      })
    },
  )

  test('are printed for machines without extra text', async () => {
    const { stdout } = await ops('release', 'nonsense', '--json')
    expect(JSON.parse(stdout)).toEqual({ error: 'wrong-use', reason: "unknown command 'nonsense'" })
  })

  test('--help is not an error', async () => {
    expect(await ops('release', '--help')).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

describe('where nobody answers', () => {
  test('one line reports it, with advice', async () => {
    const { origin } = service
    await service.stop()
    const { exitCode, stdout, stderr } = await ops('release', 'status', session, `--local=${origin}`, '--as=olga')
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('npm start')
    service = await startStubService({})
  })
})

describe('against AWS', () => {
  test("the request carries the caller's own credentials", async () => {
    service.state.release = planned
    expect(await ops('release', 'status', session, '--stage=staging')).toMatchObject({ exitCode: 0 })
    expect(service.received[0]?.signedBy).toBe('aws-key')
  })

  test('the API is found by its stack outputs, with the AWS CLI’s default credentials', async () => {
    service.state.release = planned
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['bin/ops.ts', 'release', 'status', session, '--json', '--stage=staging'],
      {
        env: {
          ...process.env,
          AWS_REGION: 'eu-west-1',
          AWS_ACCESS_KEY_ID: 'aws-key',
          AWS_SECRET_ACCESS_KEY: 'aws-secret',
          AWS_ENDPOINT_URL_CLOUDFORMATION: service.origin,
        },
      },
    )
    expect(JSON.parse(stdout)).toEqual(planned)
    const [lookUp, show] = service.received
    expect(lookUp?.body).toContain('StackName=results-service-staging-api')
    expect(show).toMatchObject({ path: `/api/v1/ops/releases/${session}`, signedBy: 'aws-key' })
  })
})

describe('when a connection breaks', () => {
  const said = async (cause: object) => {
    environment.fetch = () => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause }))
    return (await ops('release', 'status', session, '--local=http://localhost:3000', '--as=olga')).stderr
  }

  test('the outcome is unknown, and reported as such, unless nothing was sent', async () => {
    expect(await said({ code: 'ECONNRESET', message: 'read ECONNRESET' })).toMatch(/may have been done all the same/)
    expect(await said({ code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND x' })).toBe(
      'http://localhost:3000 cannot be reached: getaddrinfo ENOTFOUND x.\n',
    )
  })

  test('an error with several causes is reported in one line', async () => {
    expect((await said({ code: 'ERR_SSL', message: 'wrong version number\nmore' })).trimEnd().split('\n')).toHaveLength(
      1,
    )
  })
})
