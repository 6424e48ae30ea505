import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadAssembly } from '../../infra/local/assembly/assembly.ts'
import { synthesize } from '../../infra/local/assembly/synthesize.ts'
import { sampleCentres } from '../../infra/local/sample-data/centres.ts'
import { centresCsv, entriesCsv, resultsCsv } from '../../infra/local/sample-data/csv.ts'
import { generateEntries, generateResults } from '../../infra/local/sample-data/generate.ts'
import { type Operation, operations } from '../../shared/contracts/http.ts'
import type { ImportKind } from '../../shared/contracts/messages.ts'
import { type Grant, grantsOf, type RecordedCall, refusedBy, withoutGrant } from '../support/grants.ts'
import { eventually, type LocalService, startLocalService } from '../support/local-service.ts'
import { readPdf } from '../support/pdf.ts'

/**
 * A results day from the point of view of its participants, over HTTP against the local run:
 * R01, R06, R09, R10, R11, R12, R14, R20–R25, R27, R50, R51, R54, R56, R61, R62, R63, R64.
 */
const languages = ['en', 'es', 'it', 'fr', 'de'] as const
const password = 'Correct4Horse9Battery'
const session = 'journey-2026-11-b2-first-digital'

const entries = generateEntries({ seed: 2, count: 500, today: '2026-11-22' }).map((entry) => ({
  ...entry,
  exam: 'b2-first',
  dateTaken: '2026-11-14',
  mode: 'digital' as const,
  session,
}))
const results = generateResults(entries)

interface Candidate {
  readonly idNumber: string
  readonly secretNumber: string
  readonly email: string
  readonly language: (typeof languages)[number]
  readonly wantsMail: boolean
  cookie?: string | undefined
}
const candidates: Candidate[] = entries.slice(0, 30).map((entry, index) => ({
  idNumber: entry.idNumber,
  secretNumber: entry.secretNumber,
  email: `candidate${index}@example.org`,
  language: languages[index % languages.length] ?? 'en',
  wantsMail: index % 3 !== 0,
}))
const [first, second, third] = candidates as [Candidate, Candidate, Candidate]

/** A candidate whose address does not exist. */
const bouncer: Candidate = {
  ...(candidates[0] as Candidate),
  idNumber: entries[40]?.idNumber ?? '',
  secretNumber: entries[40]?.secretNumber ?? '',
  email: 'bounce+journey@simulator.amazonses.com',
  wantsMail: true,
}

/** A candidate who registers after the release. */
const latecomer: Candidate = {
  ...(candidates[0] as Candidate),
  idNumber: entries[41]?.idNumber ?? '',
  secretNumber: entries[41]?.secretNumber ?? '',
  email: 'latecomer@example.org',
  wantsMail: true,
}

const registration = (candidate: Candidate) => ({
  idNumber: candidate.idNumber,
  secretNumber: candidate.secretNumber,
  email: candidate.email,
  password,
  passwordConfirmation: password,
  country: 'prefer-not-to-say',
  firstLanguage: 'prefer-not-to-say',
  termsAccepted: true,
  emailOptIn: candidate.wantsMail,
  language: candidate.language,
})

let service: LocalService
let folder: string
let assemblyFolder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-'))
  assemblyFolder = await synthesize('https://results.example.org')
  service = await startLocalService(`--assembly=${assemblyFolder}`)
})
afterAll(async () => {
  await service?.stop()
  await rm(folder, { recursive: true, force: true })
})

const importFile = async (kind: ImportKind, csv: string, as = 'olga') => {
  const file = join(folder, `${kind}-${Math.random().toString(36).slice(2)}.csv`)
  await writeFile(file, csv)
  return service.ops(as, 'import', kind, file)
}

const logIn = (idNumber: string, typed: string) =>
  service.call('POST', '/v1/sessions', { body: { idNumber, password: typed } })

const resultOf = async (candidate: Candidate) => {
  const answer = await service.call('GET', '/v1/me/results', { cookie: candidate.cookie })
  expect(answer.status).toBe(200)
  const { results: listed } = answer.body as { results: Record<string, unknown>[] }
  return listed[0] as Record<string, unknown>
}

const statementOf = ({ cookie }: Candidate, of = session) =>
  service.call('GET', `/v1/me/results/${of}/statement.pdf`, { cookie })

describe('files are imported', () => {
  test('a file with bad rows is refused completely, each row reported with line, column and reason (R62)', async () => {
    const [header, one, two] = entriesCsv(entries.slice(0, 2)).trimEnd().split('\n') as [string, string, string]
    const bad = [header, one.replace('b2-first', 'klingon'), two].join('\n')
    const { exitCode, json } = await importFile('entries', `${bad}\n`)
    expect(exitCode).toBe(1)
    expect(json).toMatchObject({ state: 'refused', errors: [{ line: 2, column: 'exam' }] })
    const saved = join(folder, 'bad-rows.csv')
    await service.ops('olga', 'import-status', String(json.importId), `--errors=${saved}`)
    expect(await readFile(saved, 'utf8')).toBe('line,column,reason\r\n2,exam,not in the catalogue\r\n')

    const untouched = await service.call('POST', '/v1/registrations', { body: registration(second) })
    expect(untouched.status).toBe(401)
  })

  test('a directory of centres is applied (R62)', async () => {
    expect(await importFile('centres', centresCsv(sampleCentres))).toMatchObject({
      exitCode: 0,
      json: { state: 'applied', rows: sampleCentres.length, errors: [] },
    })
  })

  test('500 entries and their results are applied', async () => {
    expect(await importFile('entries', entriesCsv(entries))).toMatchObject({
      exitCode: 0,
      json: { state: 'applied', rows: 500, accepted: 500, errors: [] },
    })
    expect(await importFile('results', resultsCsv(results))).toMatchObject({
      exitCode: 0,
      json: { state: 'applied', rows: results.length, errors: [] },
    })
  })
})

describe('files are imported again', () => {
  test('the same files change nothing; corrections of a name and of a grade are applied (R62)', async () => {
    const corrected = entries.map((entry, index) => (index === 499 ? { ...entry, givenName: 'Zoë' } : entry))
    expect(await importFile('entries', entriesCsv(corrected))).toMatchObject({ exitCode: 0, json: { accepted: 500 } })
    const regraded = results.map((result, index) => (index === 499 ? { ...result, grade: 'B' } : result))
    expect(await importFile('results', resultsCsv(regraded))).toMatchObject({ exitCode: 0, json: { state: 'applied' } })
  })

  test('another Secret number for a known ID is refused (R62)', async () => {
    const stolen = entries.slice(0, 1).map((entry) => ({ ...entry, secretNumber: 'OTHER123' }))
    expect(await importFile('entries', entriesCsv(stolen))).toMatchObject({
      exitCode: 1,
      json: { state: 'refused', errors: [{ line: 2, column: 'secret_number' }] },
    })
  })
})

describe('candidates register and log in', () => {
  test('in five languages, each with an email in their own language (R01, R11)', async () => {
    for (const candidate of candidates) {
      const answer = await service.call('POST', '/v1/registrations', { body: registration(candidate) })
      expect(answer).toMatchObject({ status: 201, body: {} })
    }
    const mails = await eventually('a confirmation for each', async () => {
      const all = await service.mails()
      return all.length >= candidates.length && all
    })
    expect(mails.map((mail) => mail.to).toSorted()).toEqual(candidates.map(({ email }) => email).toSorted())
    expect(new Set(mails.map((mail) => mail.subject)).size).toBe(languages.length)
    for (const mail of mails) {
      expect(mail.tags).toMatchObject({ kind: 'registration-confirmation' })
      const { idNumber, secretNumber } = candidates.find(({ email }) => email === mail.to) as Candidate
      expect(JSON.stringify(mail)).not.toContain(idNumber)
      expect(`${mail.subject} ${mail.text}`).not.toContain(secretNumber)
    }
  })

  test('see whether mail to their address bounced', async () => {
    const registered = await service.call('POST', '/v1/registrations', { body: registration(bouncer) })
    expect(registered.status).toBe(201)
    const { cookie } = await logIn(bouncer.idNumber, password)
    await eventually('the address to be marked', async () => {
      const { body } = await service.call('GET', '/v1/me', { cookie })
      return body?.emailBounced === true
    })
  })

  test('the same form sent twice is accepted, another one for the same ID is not (R10, R12)', async () => {
    expect((await service.call('POST', '/v1/registrations', { body: registration(first) })).status).toBe(201)
    const other = { ...registration(first), email: 'someone@example.org' }
    expect(await service.call('POST', '/v1/registrations', { body: other })).toMatchObject({
      status: 409,
      body: { code: 'already-registered' },
    })
  })

  test('a wrong Secret number is refused, and the third one locks (R14)', async () => {
    const guess = { ...registration(first), idNumber: entries[400]?.idNumber, secretNumber: 'ZZZZ' }
    const statuses = []
    for (let attempt = 0; attempt < 4; attempt++) {
      statuses.push((await service.call('POST', '/v1/registrations', { body: guess })).status)
    }
    expect(statuses).toEqual([401, 401, 423, 423])
  })

  test('with ID number and password, spaces and case of the ID never mattering (R20)', async () => {
    for (const candidate of candidates) {
      const answer = await logIn(` ${candidate.idNumber.toLowerCase()} `, password)
      expect(answer.status).toBe(201)
      expect(answer.headers.getSetCookie()[0]).toMatch(
        /^__Host-session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
      )
      candidate.cookie = answer.cookie
    }
    const account = await service.call('GET', '/v1/me', { cookie: second.cookie })
    expect(account.body).toMatchObject({
      idNumber: second.idNumber,
      email: second.email,
      language: second.language,
      entries: [{ session, exam: 'b2-first', mode: 'digital' }],
    })
  })

  test('and find the catalogue of seventeen exams (R56)', async () => {
    const { body } = await service.call('GET', '/v1/exams?lang=de')
    expect(body?.exams).toHaveLength(17)
  })
})

describe('the lock', () => {
  const message = 'This account has been locked. Please try again in 30 minutes.'

  test('is the response to the third wrong password, and refuses the right one (R22, R23)', async () => {
    const now = await service.moveClock({ frozen: true })
    expect((await logIn(third.idNumber, 'wrong1234')).status).toBe(401)
    expect((await logIn(third.idNumber, 'wrong2345')).status).toBe(401)
    const locked = await logIn(third.idNumber, 'wrong3456')
    expect(locked.status).toBe(423)
    expect(locked.body).toMatchObject({
      code: 'account-locked',
      detail: message,
      lockedUntil: new Date(Date.parse(now) + 1_800_000).toISOString(),
    })
    expect(locked.headers.get('retry-after')).toBe('1800')
    expect(await logIn(third.idNumber, password)).toMatchObject({ status: 423, body: { detail: message } })
  })

  test('does not affect an open session (R26)', async () => {
    expect((await service.call('GET', '/v1/me', { cookie: third.cookie })).status).toBe(200)
  })

  test('is the same for an unknown ID (R27)', async () => {
    const answers = []
    for (let attempt = 0; attempt < 4; attempt++) answers.push(await logIn('NOBODY12', `wrong${attempt}`))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 423, 423])
    expect(answers[2]?.body).toMatchObject({ code: 'account-locked', detail: message })
  })

  test('lasts at 29:59 and has ended at 30:00, without any change of cookies (R24, R25)', async () => {
    await service.moveClock({ advanceSeconds: 1799 })
    expect((await logIn(third.idNumber, password)).status).toBe(423)
    await service.moveClock({ advanceSeconds: 1 })
    expect((await logIn(third.idNumber, password)).status).toBe(201)
    await service.moveClock({ frozen: false })
  })
})

describe('the release', () => {
  let releaseAt: string

  test('is planned by one person and approved by another, never by the same (R63)', async () => {
    const { now } = (await service.getJson('/clock')) as { now: string }
    releaseAt = new Date(Math.ceil(Date.parse(now) / 60_000) * 60_000 + 3_600_000).toISOString()
    const planned = await service.ops('olga', 'release', 'plan', session, `--at=${releaseAt}`)
    expect(planned).toMatchObject({ exitCode: 0, json: { state: 'planned', plannedBy: 'olga', releaseAt } })
    expect(planned.json.counts).toMatchObject({ entries: 500, results: results.length })

    expect(await service.ops('olga', 'release', 'approve', session)).toMatchObject({ exitCode: 1 })
    expect(await service.ops('piet', 'release', 'approve', session)).toMatchObject({
      exitCode: 0,
      json: { state: 'approved', approvedBy: 'piet' },
    })
  })

  test('passes the readiness checks, as far as possible on one machine (R63)', async () => {
    const ready = await eventually('the release to be ready', async () => {
      const answer = await service.ops('olga', 'readiness', session)
      return answer.exitCode === 0 && answer
    })
    const checks = ready.json.checks as { check: string; state: string }[]
    expect(checks.filter(({ state }) => state === 'not-checked').map(({ check }) => check)).toEqual(['alarms'])
    expect(checks.filter(({ state }) => state === 'warn')).toEqual([])
  })

  test('is held and resumed, and an unwanted one is cancelled (R63)', async () => {
    const wrongly = 'journey-planned-by-mistake'
    const [row] = generateResults(generateEntries({ seed: 3, count: 1, today: '2026-11-22' }))
    if (!row) throw new Error('no result')
    expect(await importFile('results', resultsCsv([{ ...row, session: wrongly }]))).toMatchObject({ exitCode: 0 })
    await service.ops('olga', 'release', 'plan', wrongly, `--at=${releaseAt}`)
    const cancelled = await service.ops('olga', 'release', 'cancel', wrongly)
    expect(cancelled).toMatchObject({ exitCode: 0, json: { state: 'cancelled', plannedBy: 'olga' } })

    const held = await service.ops('olga', 'release', 'hold', session)
    expect(held).toMatchObject({ exitCode: 0, json: { state: 'held', lastStep: { step: 'hold', by: 'olga' } } })
    const resumed = await service.ops('piet', 'release', 'resume', session)
    expect(resumed).toMatchObject({ exitCode: 0, json: { state: 'approved', approvedBy: 'piet' } })
  })

  test('shows nothing of any result before its instant, by any route (R50)', async () => {
    for (const candidate of candidates) {
      const answer = await logIn(candidate.idNumber, password)
      candidate.cookie = answer.cookie
    }
    await eventually('every result sealed', async () => {
      const { json } = await service.ops('piet', 'release', 'status', session)
      return (json.counts as { sealed: number }).sealed === results.length
    })
    const before = new Date(Date.parse(releaseAt) - 30_000).toISOString()
    await service.moveClock({ to: before, frozen: true } as never)
    for (const candidate of candidates) {
      const answer = await logIn(candidate.idNumber, password)
      candidate.cookie = answer.cookie
      const result = await resultOf(candidate)
      expect(Object.keys(result).toSorted()).toEqual(
        ['dateTaken', 'exam', 'expectedFrom', 'expectedTo', 'mode', 'session', 'status'].toSorted(),
      )
      expect(['awaited', 'expected', 'late']).toContain(result.status)
      expect(await statementOf(candidate)).toMatchObject({ status: 404, body: { code: 'no-such-result' } })
    }
    expect((await service.mails()).some((mail) => mail.tags.kind === 'results-released')).toBe(false)
    expect(JSON.stringify(await service.getJson('/events.json'))).not.toContain('results-released')
  })

  test('opens every result at its instant, to its own candidate (R50, R61)', async () => {
    await service.moveClock({ to: releaseAt })
    await eventually('the session released', async () => {
      const { json } = await service.ops('piet', 'release', 'status', session)
      return json.state === 'released' && json.releasedAt === releaseAt
    })
    for (const candidate of candidates) {
      const imported = results.find(({ idNumber }) => idNumber === candidate.idNumber)
      expect(await resultOf(candidate)).toMatchObject({ status: 'released', grade: imported?.grade, version: 1 })
    }
  })

  test('gives the statement of the own result, and of no other (R50)', async () => {
    const { status, bytes, headers } = await statementOf(first)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/pdf'])
    const { text, untagged } = await readPdf(bytes)
    expect(text).toContain(first.idNumber)
    expect(text).toContain(String(results.find(({ idNumber }) => idNumber === first.idNumber)?.overallScore))
    expect(untagged).toEqual([])
    expect(await statementOf(first, 'another-session')).toMatchObject({ status: 404, body: { code: 'no-such-result' } })
  })

  test('is published on the bus, and by one mail to each who chose mails and none to others (R51)', async () => {
    expect(JSON.stringify(await service.getJson('/events.json'))).toContain('results-released')
    const wanted = candidates.filter(({ wantsMail }) => wantsMail)
    const told = await eventually('a mail for each who chose it', async () => {
      const mails = (await service.mails()).filter((mail) => mail.tags.kind === 'results-released')
      return mails.length >= wanted.length && mails
    })
    expect(told.map(({ to }) => to).toSorted()).toEqual(wanted.map(({ email }) => email).toSorted())
    for (const mail of told) {
      const candidate = wanted.find(({ email }) => email === mail.to) as Candidate
      const said = `${mail.subject} ${mail.text} ${mail.html}`
      expect(said).not.toContain(candidate.idNumber)
      expect(said).not.toMatch(/\{\{|undefined|null/)
      expect(Date.parse(mail.sentAt)).toBeGreaterThanOrEqual(Date.parse(releaseAt))
    }
  })

  test('and the report adds up exactly, and lists everybody without a mail', async () => {
    const wanted = candidates.filter(({ wantsMail }) => wantsMail).length
    const json = await eventually('every mail to be delivered', async () => {
      const report = await service.ops('piet', 'release', 'report', session, '--list')
      return report.json.delivered === wanted && report.json
    })
    expect(json).toMatchObject({
      planned: wanted + 1,
      pending: 0,
      accepted: wanted,
      unknown: 0,
      failed: 0,
      suppressed: 1,
    })
    expect(json).toMatchObject({ bounced: 0, complained: 0, isPlanned: true, isStopped: false })
    expect(json.unmailed).toEqual([{ idNumber: bouncer.idNumber, state: 'suppressed', reason: 'bounced-before' }])
    expect(await service.ops('piet', 'release', 'reconcile', session)).toMatchObject({
      exitCode: 0,
      json: { settled: 0, unknown: 0, requeued: 0 },
    })
    expect(await service.ops('piet', 'release', 'resend-unknown', session)).toMatchObject({
      exitCode: 0,
      json: { resent: 0 },
    })
    expect(await service.ops('piet', 'release', 'resume-mails', session)).toMatchObject({
      exitCode: 1,
      json: { error: 'release-refused' },
    })
  })

  test('is mailed immediately and once to late registrants who choose mails (R03)', async () => {
    expect((await service.call('POST', '/v1/registrations', { body: registration(latecomer) })).status).toBe(201)
    const told = () =>
      eventually('a mail for the latecomer', async () => {
        const mails = await service.mails(latecomer.email)
        return mails.some(({ tags }) => tags.kind === 'results-released') && mails
      })
    expect((await told()).map(({ tags }) => String(tags.kind)).toSorted()).toEqual([
      'registration-confirmation',
      'results-released',
    ])
  })

  test('and not mailed after using the unsubscribe link in the header, without logging in (R09)', async () => {
    const [mail] = (await service.mails(second.email)).filter(({ tags }) => tags.kind === 'results-released')
    expect(mail?.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
    const [, path = ''] =
      /^<https:\/\/results\.example\.org\/api(\/v1\/unsubscribe\?token=[\w-]+)>$/.exec(
        mail?.headers['List-Unsubscribe'] ?? '',
      ) ?? []
    const optIn = async () => (await service.call('GET', '/v1/me', { cookie: second.cookie })).body?.emailOptIn
    expect((await service.call('GET', path)).status).toBeGreaterThanOrEqual(400)
    expect(await optIn()).toBe(true)
    for (let times = 0; times < 2; times++) expect((await service.call('POST', path)).status).toBe(200)
    expect(await optIn()).toBe(false)
  })

  test('is hidden by a hold, which candidates can see, and visible after it (R53, R63)', async () => {
    expect(await service.ops('piet', 'release', 'hold', session)).toMatchObject({
      exitCode: 0,
      json: { state: 'held' },
    })
    const hidden = await eventually('the result to be hidden', async () => {
      const result = await resultOf(first)
      return result.status === 'held' && result
    })
    expect(hidden).not.toHaveProperty('grade')
    expect(await service.ops('piet', 'release', 'cancel', session)).toMatchObject({ exitCode: 1 })
    expect(await service.ops('olga', 'release', 'resume', session)).toMatchObject({
      exitCode: 0,
      json: { state: 'released', releasedAt: releaseAt },
    })
    await eventually('the result to be visible again', async () => (await resultOf(first)).status === 'released')
  })

  test('is corrected by two people, and the candidate is informed with both dates (R53, R63)', async () => {
    const index = results.findIndex(({ idNumber }) => idNumber === first.idNumber)
    // The last one is as it was corrected before the release.
    const grades = new Map([
      [index, 'A'],
      [499, 'B'],
    ])
    const corrected = results.map((result, at) => ({ ...result, grade: grades.get(at) ?? result.grade }))
    expect(results[index]?.grade).not.toBe('A')
    expect(await importFile('results', resultsCsv(corrected))).toMatchObject({ exitCode: 0 })
    expect(await service.ops('olga', 'release', 'plan', session)).toMatchObject({ exitCode: 2 })
    const planned = await service.ops('olga', 'release', 'plan', session, '--notify')
    expect(planned).toMatchObject({
      exitCode: 0,
      json: { state: 'released', correction: { state: 'planned', notify: true, counts: { changes: 1 } } },
    })
    expect(await service.ops('olga', 'release', 'cancel', session)).toMatchObject({
      exitCode: 0,
      json: { state: 'released', correction: { state: 'cancelled' } },
    })
    await service.ops('olga', 'release', 'plan', session, '--no-notify')
    expect(await service.ops('olga', 'release', 'approve', session)).toMatchObject({ exitCode: 1 })
    expect((await resultOf(first)).status).toBe('released')
    expect(await service.ops('piet', 'release', 'approve', session)).toMatchObject({
      exitCode: 0,
      json: { state: 'released', correction: { state: 'approved', approvedBy: 'piet', notify: false } },
    })
    // The clock stands still since the instant; a correction that is due happens two seconds after its approval.
    await service.moveClock({ advanceSeconds: 3 })
    const seen = await eventually('the corrected result', async () => {
      const result = await resultOf(first)
      return result.status === 'corrected' && result
    })
    expect(seen).toMatchObject({ grade: 'A', version: 2, releasedAt: releaseAt })
    expect(Date.parse(seen.correctedAt as string)).toBeGreaterThan(Date.parse(releaseAt))
    await eventually('the correction told on the bus', async () =>
      JSON.stringify(await service.getJson('/events.json')).includes('results-corrected'),
    )
  })
})

describe('an auditor', () => {
  test('is shown who planned, approved and did whatever else to the release (R63)', async () => {
    const { json } = await service.ops('piet', 'audit', `release/${session}`)
    const entries = json.entries as { readonly at: string; readonly by: string; readonly action: string }[]
    expect(entries.map(({ by, action }) => `${by}: ${action}`)).toEqual(
      expect.arrayContaining(['olga: release-planned', 'piet: release-approved', 'piet: release-held']),
    )
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted())
  })
})

describe('a candidate manages the account', () => {
  // Short enough to be Secret numbers, about which their gate is asked (R06).
  const newPassword = 'Another5Word'
  const thirdPassword = 'Third6Word'
  const newAddress = 'second-new@example.org'
  /** Some time after the last one, so that each call also extends the session. */
  const call = async (method: string, path: string, body?: unknown) => {
    await service.moveClock({ advanceSeconds: 2 })
    const answer = await service.call(method, path, { body, cookie: second.cookie })
    return answer.status
  }
  const linkTo = (address: string, kind: string) =>
    eventually(`a link by mail: ${kind}`, async () => {
      const mail = (await service.mails(address)).find(({ tags }) => tags.kind === kind)
      return mail && /#token=([\w-]{43})/.exec(mail.text)?.[1]
    })

  test('and gets the reference lists, and all stored data (R07, R54)', async () => {
    expect(await call('GET', '/v1/reference/countries')).toBe(200)
    expect(await call('GET', '/v1/reference/languages')).toBe(200)
    expect(await call('GET', '/v1/me')).toBe(200)
    expect(await call('GET', '/v1/me/export')).toBe(200)
    expect(await call('GET', `/v1/me/results/${session}/statement.pdf`)).toBe(200)
    expect(await call('PATCH', '/v1/me', { country: 'IT' })).toBe(200)
  })

  test('changes password and address, each with the current password (R55)', async () => {
    const change = { currentPassword: password, password: newPassword, passwordConfirmation: newPassword }
    expect(await call('POST', '/v1/me/password', { ...change, currentPassword: 'wrong1234' })).toBe(401)
    expect(await call('POST', '/v1/me/password', change)).toBe(204)
    expect(await call('POST', '/v1/me/email', { currentPassword: 'wrong1234', email: newAddress })).toBe(401)
    expect(await call('POST', '/v1/me/email', { currentPassword: newPassword, email: newAddress })).toBe(202)
    const token = await linkTo(newAddress, 'email-change-requested')
    expect(await call('POST', '/v1/email-confirmations', { token })).toBe(204)
    await eventually('the old address told', async () =>
      (await service.mails(second.email)).some(({ tags }) => tags.kind === 'email-changed'),
    )
  })

  test('and recovers a forgotten password by mail (R30, R31)', async () => {
    expect(await call('POST', '/v1/password-resets', { idNumber: second.idNumber })).toBe(202)
    const token = await linkTo(newAddress, 'password-reset-requested')
    const reset = { token, password: thirdPassword, passwordConfirmation: thirdPassword }
    expect(await call('POST', '/v1/password-resets/confirm', reset)).toBe(204)
    const answer = await logIn(second.idNumber, thirdPassword)
    expect(answer.status).toBe(201)
    second.cookie = answer.cookie
  })
})

describe('operators check the dead letters', () => {
  test('of which there are none', async () => {
    const listed = await service.ops('piet', 'dead-letters', 'list')
    expect(listed).toMatchObject({ exitCode: 0 })
    expect((listed.json.queues as { messages: number }[]).filter(({ messages }) => messages > 0)).toEqual([])
    expect(await service.ops('piet', 'dead-letters', 'redrive')).toMatchObject({ exitCode: 0, json: { queues: [] } })
  })
})

describe('a session ends', () => {
  test('when the candidate logs out', async () => {
    expect((await service.call('DELETE', '/v1/sessions/current', { cookie: second.cookie })).status).toBe(204)
    expect(await service.call('GET', '/v1/me', { cookie: second.cookie })).toMatchObject({
      status: 401,
      body: { code: 'not-signed-in' },
    })
  })
})

describe('when the retention period is over', () => {
  test('the service deletes candidates automatically', async () => {
    await service.moveClock({ advanceSeconds: 200 * 24 * 3_600 })
    await eventually('the candidate forgotten', async () => (await logIn(first.idNumber, password)).status === 401)
  })

  test('and later its releases, imports and audit lines', async () => {
    await service.moveClock({ advanceSeconds: 250 * 24 * 3_600 })
    await eventually('the release forgotten', async () => {
      const { exitCode, stderr } = await service.ops('olga', 'release', 'status', session)
      if (exitCode === 1 && /no release/i.test(stderr)) return true
      // A release goes after its last result: where the run before was cut short by the clock, on a later day.
      await service.moveClock({ advanceSeconds: 24 * 3_600 })
      return false
    })
  })
})

describe('an unidentified caller', () => {
  test('is refused by every operators’ route, each with an audit line (G8)', async () => {
    const ofOperators = (Object.values(operations) as Operation[]).filter(({ access }) => access === 'operator')
    const authorization =
      'AWS4-HMAC-SHA256 Credential=operator-botocore-session-17/20261122/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=0'
    for (const { method, path, body } of ofOperators) {
      const answer = await fetch(`${service.url}${path.replace(/\{\w+\}/, session)}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body && { body: '{}' }),
      })
      expect([path, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([path, 403, 'forbidden'])
    }
    const { calls } = (await service.getJson('/access.json')) as { calls: RecordedCall[] }
    const written = calls.filter(({ action, resource }) => action === 'dynamodb:PutItem' && /audit/i.test(resource))
    const principals = new Set(written.map(({ principal }) => principal))
    expect(ofOperators.map((operation) => operation.function).filter((name) => !principals.has(name))).toEqual([])
  })
})

describe('permissions', () => {
  /**
   * What a day without faults does not need, by the end of the role's name and the action. Any other grant that nobody
   * used fails the test below, and so does one of these that came into use.
   */
  const unused: Readonly<Record<string, string>> = {
    'api-operator cloudformation:DescribeStacks': 'finds the deployed API; the local run is told its address',
    'importsimportentries s3:GetObject': 'reads the newest version where an event names none',
    'importsimportentries s3:DeleteObject': 'removes the newest version where an event names none',
    'importsimportentries sqs:SendMessage':
      'hands a file on that is too large for one invocation, or waits for another',
    'importsimportcentres s3:GetObject': 'reads the newest version where an event names none',
    'importsimportcentres s3:DeleteObject': 'removes the newest version where an event names none',
    'importsimportcentres sqs:SendMessage':
      'hands a file on that is too large for one invocation, or waits for another',
    'importsimportresults dynamodb:GetItem': 'looks up the exam of a session where a result has no entry',
    'importsimportresults sqs:SendMessage':
      'hands a file on that is too large for one invocation, or waits for another',
    'importsimportresults s3:GetObject': 'reads the newest version where an event names none',
    'importsimportresults s3:DeleteObject': 'removes the newest version where an event names none',
    'mailsendresultemails ses:SendBulkEmail': 'tells of a correction, where two people decided so',
    'mailthrottleonalarm dynamodb:UpdateItem': 'slows mails down while an alarm is on, which the local run has none of',
    'queuesredrivedeadletters sqs:StartMessageMoveTask': 'gives messages back',
    'queuesredrivedeadletters sqs:ReceiveMessage': 'gives messages back',
    'queuesredrivedeadletters sqs:DeleteMessage': 'gives messages back',
    'queuesredrivedeadletters sqs:SendMessage': 'gives messages back',
    'queuesredrivedeadletters sqs:GetQueueAttributes': 'finds the queue to give messages back to',
    'queuesredrivedeadletters sqs:GetQueueUrl': 'finds the queue to give messages back to',
    'mailsendresultemails sqs:SendMessage': 'hands on what cannot be sent now',
    'mailrecordemailoutcomes dynamodb:GetItem': 'looks how a release fares, once a mail of it bounces',
    'mailrecordemailoutcomes dynamodb:BatchGetItem': 'looks how a release fares, once a mail of it bounces',
    'mailreconcileresultemails dynamodb:BatchGetItem': 'looks at mails that are unknown or wait',
    'mailreconcileresultemails dynamodb:UpdateItem': 'settles mails that are unknown',
    'mailreconcileresultemails sqs:SendMessage': 'puts waves on the queue again that wait',
    'mailresendunknownemails dynamodb:BatchGetItem': 'looks at mails that are unknown',
    'mailresendunknownemails dynamodb:UpdateItem': 'makes mails that are unknown pending again',
    'mailresendunknownemails sqs:SendMessage': 'has mails sent again that were unknown',
    'mailsendaccountemail dynamodb:GetItem': 'looks at a claim that an earlier attempt left',
    'mailsendaccountemail dynamodb:DeleteItem': 'gives a claim back when SES is throttling',
    'outboxeventspublishevents sqs:SendMessage': 'sets aside an event that cannot be published',
    'releasereleaseresults sqs:SendMessage': 'sets aside a release whose invocations all failed',
    'release-releaseschedulerole sqs:SendMessage': 'sets aside a release that could not be invoked',
    'privacyapplyretention dynamodb:DeleteItem': 'removes a link that is still open when its candidate is deleted',
    'privacyapplyretention sqs:SendMessage': 'sets aside a daily run whose invocations all failed',
    'retentionrole sqs:SendMessage': 'sets aside a daily run that could not be invoked',
  }
  /** CloudWatch and X-Ray, which the local run does not have. */
  const isWatching = ({ action }: Grant) => /^(cloudwatch|logs|xray):/.test(action)
  const nameOf = ({ roleId, action }: Grant) =>
    `${roleId.replace(/^results-service-dev-(release-(?!releaseschedule)|api-(?!operator))?/, '').replace(/(Role)?[0-9A-F]{8}$/, '')} ${action}`

  test('each is needed for a call of this day, or is listed here with a reason (R60)', async () => {
    const access = (await service.getJson('/access.json')) as { calls: RecordedCall[]; denials: RecordedCall[] }
    expect(access.denials).toEqual([])
    const calls = access.calls.filter(({ roleArn }) => roleArn !== '')
    const assembly = loadAssembly(assemblyFolder, {
      awsUrl: 'http://127.0.0.1:1',
      generatedSecret: () => 'not needed here',
    })
    expect(refusedBy(assembly, calls)).toEqual([])
    const grants = grantsOf(assembly).filter((grant) => !isWatching(grant))
    expect(grants.length).toBeGreaterThan(80)
    const neverNeeded = grants.filter((grant) => refusedBy(withoutGrant(assembly, grant), calls).length === 0)
    expect([...new Set(neverNeeded.map(nameOf))].toSorted()).toEqual(Object.keys(unused).toSorted())
  })
})
