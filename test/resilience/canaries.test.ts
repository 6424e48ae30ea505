import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { entriesCsv, resultsCsv } from '../../infra/local/sample-data/csv.ts'
import { generateEntries, generateResults } from '../../infra/local/sample-data/generate.ts'
import { type Canary, findCanaries, type Place } from '../support/canaries.ts'
import { eventually, type LocalService, type Mail, startLocalService } from '../support/local-service.ts'

/**
 * Recognisable secrets and personal data (canaries) are sent through every identity flow, valid and invalid, and then
 * searched for in all logs, responses, queues, events and calls (G7, R41). They are only allowed in the recipient's mail
 * and in what signed-in candidates see of themselves.
 */
const session = 'canaries-2026-11-b2-first-digital'
const [generated, other] = generateEntries({ seed: 5, count: 2, today: '2026-11-22' }).map((entry) => ({
  ...entry,
  exam: 'b2-first',
  dateTaken: '2026-11-14',
  mode: 'digital' as const,
  session,
})) as [Entry, Entry]
type Entry = ReturnType<typeof generateEntries>[number]

const secrets = {
  idNumber: 'KANARID77X',
  secretNumber: 'KSECR77NUMBR',
  password: 'KanaryFirst7Word',
  newPassword: 'KanarySecond7Word',
  resetPassword: 'KanaryThird7Word',
  wrongPassword: 'KanaryGuess7Word',
  wrongSecretNumber: 'KWRONG77NUM',
  otherId: 'KNOBODY77XID',
  strayPassword: 'Kanary7Stray',
  email: 'kanary+local.part',
  newEmail: 'kanary+moved.part',
  givenName: 'Kanäria "Zoë" <b>',
  familyName: "O'Kanarsson & Söhne",
  grade: 'Kanary grade & more',
  stray: 'Kanary: "stray", of nobody\'s field',
}
const addresses = { first: `${secrets.email}@example.org`, second: `${secrets.newEmail}@example.org` }

/** Canaries that are only known during the run: tokens of links and sessions. */
const tokens: Canary[] = []
const canaries = (): Canary[] => [...Object.entries(secrets).map(([kind, text]) => ({ kind, text })), ...tokens]
const but = (...kinds: string[]) => canaries().filter(({ kind }) => !kinds.includes(kind))
const only = (...kinds: string[]) => canaries().filter(({ kind }) => kinds.includes(kind))

interface Exchange {
  readonly name: string
  readonly status: number
  readonly headers: string
  readonly body: string
  readonly cookie: string | undefined
}

interface Sent {
  readonly body?: unknown
  readonly cookie?: string | undefined
  readonly headers?: Record<string, string>
}

let service: LocalService
let folder: string
/** All responses, except what candidates see of themselves. */
const exchanges: Exchange[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canaries-'))
  service = await startLocalService(`--data=${join(folder, 'data')}`)
}, 120_000)
afterAll(async () => {
  await service?.stop()
  await rm(folder, { recursive: true, force: true })
})

const send = async (method: string, path: string, { body, cookie, headers }: Sent = {}): Promise<Exchange> => {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(cookie !== undefined && { cookie }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const cookies = response.headers.getSetCookie()
  const [, token] = /^__Host-session=([\w-]{43});/.exec(cookies[0] ?? '') ?? []
  if (token) tokens.push({ kind: 'session', text: token })
  const shown = [...response.headers].filter(([name]) => !(name === 'set-cookie' && token))
  return {
    name: `${method} ${path.split('?')[0]} answered ${response.status}`,
    status: response.status,
    headers: shown.map((header) => header.join(': ')).join('\n'),
    body: await response.text(),
    cookie: cookies[0]?.split(';')[0],
  }
}

/** A call whose response must not contain any canary. */
const call = async (method: string, path: string, sent?: Sent): Promise<Exchange> => {
  const exchange = await send(method, path, sent)
  exchanges.push(exchange)
  return exchange
}

const form = (changes: object = {}) => ({
  idNumber: secrets.idNumber,
  secretNumber: secrets.secretNumber,
  email: addresses.first,
  password: secrets.password,
  passwordConfirmation: secrets.password,
  country: 'ES',
  firstLanguage: 'es',
  termsAccepted: true,
  emailOptIn: true,
  language: 'es',
  ...changes,
})

const logIn = (password: string, idNumber = secrets.idNumber) =>
  call('POST', '/sessions', { body: { idNumber, password } })

const mailOf = (to: string, kind: string, count = 1): Promise<Mail> =>
  eventually(`mail ${count} of ${kind}`, async () => {
    const mails = (await service.mails(to)).filter(({ tags }) => tags.kind === kind)
    return mails.length >= count && (mails[0] as Mail)
  })

const tokenOf = async (to: string, kind: string, count = 1): Promise<string> => {
  const [, token = ''] = /#token=([\w-]+)/.exec((await mailOf(to, kind, count)).text) ?? []
  expect(token).toHaveLength(43)
  tokens.push({ kind: `${kind} token`, text: token })
  return token
}

/** Requests that are invalid in every possible way, each full of canaries. */
const wrongInForm = (body: object): Sent[] => {
  const text = JSON.stringify(body)
  return [
    { body: text.slice(0, -2) },
    { body: `${text}${secrets.stray}` },
    { body: secrets.stray },
    { body: JSON.stringify(secrets.stray) },
    { body: [body] },
    { body: { ...body, stray: secrets.stray } },
    { body: text.replace('{', `{"stray":${JSON.stringify(secrets.stray)},"stray":1,`) },
    { body: { ...body, padding: secrets.stray.repeat(1000) } },
    { body: Object.fromEntries(Object.entries(body).map(([name, value]) => [name, [value, secrets.stray]])) },
    { body: Object.fromEntries(Object.entries(body).map(([name, value]) => [name, { [name]: value }])) },
    { body: Object.fromEntries(Object.entries(body).slice(1)) },
    { body: `a=${encodeURIComponent(text)}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { body, headers: { origin: `https://${secrets.password}.example` } },
    { body: {}, headers: { referer: `https://example.org/?${encodeURIComponent(secrets.stray)}` } },
  ]
}

const sendAllWrong = async (path: string, body: object, cookie?: string) => {
  const answers: number[] = []
  for (const sent of wrongInForm(body)) {
    const { status } = await call('POST', `${path}?stray=${encodeURIComponent(secrets.stray)}`, { ...sent, cookie })
    answers.push(status)
  }
  for (const status of answers) expect([400, 403, 413, 415]).toContain(status)
}

describe('canaries', () => {
  test('are sent in files and in registrations: refused, wrong, locked, accepted, repeated', async () => {
    const { idNumber, secretNumber, givenName, familyName, grade } = secrets
    const entry = { ...generated, idNumber, secretNumber, givenName, familyName }
    const result = { ...(generateResults([entry])[0] as never as object), grade } as never
    const files = { entries: entriesCsv([entry, other]), results: resultsCsv([result]) }
    for (const [kind, csv] of Object.entries(files)) {
      const file = join(folder, `${kind}.csv`)
      await writeFile(file, csv)
      expect(await service.ops('olga', 'import', kind, file)).toMatchObject({ exitCode: 0 })
    }

    await sendAllWrong('/registrations', form())
    expect((await call('POST', '/registrations', { body: form({ email: secrets.stray }) })).status).toBe(400)
    expect((await call('POST', '/registrations', { body: form({ password: secrets.stray }) })).status).toBe(400)
    for (const guessed of [secrets.otherId, other.idNumber]) {
      const guess = form({ idNumber: guessed, secretNumber: secrets.wrongSecretNumber })
      for (const status of [401, 401, 423, 423]) {
        expect((await call('POST', '/registrations', { body: guess })).status).toBe(status)
      }
    }
    expect((await call('POST', '/registrations', { body: form() })).status).toBe(201)
    expect((await call('POST', '/registrations', { body: form() })).status).toBe(201)
    expect((await call('POST', '/registrations', { body: form({ country: 'FR' }) })).status).toBe(409)
    await mailOf(addresses.first, 'registration-confirmation')
  })

  test('are sent in log-ins: malformed, wrong, unknown, locked and right', async () => {
    await sendAllWrong('/sessions', { idNumber: secrets.idNumber, password: secrets.password })
    expect((await logIn(secrets.wrongPassword)).status).toBe(401)
    expect((await logIn(secrets.wrongPassword, secrets.password)).status).toBe(401)
    expect((await logIn(secrets.password.repeat(100))).status).toBe(400)
    for (const status of [401, 401, 423, 423])
      expect((await logIn(secrets.password, secrets.otherId)).status).toBe(status)
    const { status, cookie } = await logIn(secrets.password)
    expect(status).toBe(201)
    for (const path of ['/me', '/me/results', '/me/export']) {
      const exchange = await send('GET', path, { cookie })
      expect(exchange.status).toBe(200)
      expect(
        findCanaries(only('grade', 'secretNumber', 'password', 'session'), [{ name: path, text: exchange.body }]),
      ).toEqual([])
    }
    for (const path of ['/me', '/me/results', '/me/results/x/statement.pdf', '/me/export', `/nothing-here`]) {
      const stray = `__Host-session=${secrets.password}`
      expect([401, 404]).toContain((await call('GET', `${path}?email=${addresses.first}`, { cookie: stray })).status)
    }
  })

  test('are sent in changes of details, password and address: malformed, wrong and right', async () => {
    const { cookie } = await logIn(secrets.password)
    const changes = { country: secrets.stray, language: secrets.password }
    expect((await call('PATCH', '/me', { body: changes, cookie })).status).toBe(400)
    expect((await send('PATCH', '/me', { body: { language: 'de' }, cookie })).status).toBe(200)

    const { password, newPassword, wrongPassword } = secrets
    const change = { currentPassword: password, password: newPassword, passwordConfirmation: newPassword }
    await sendAllWrong('/me/password', change, cookie)
    const wrong = { ...change, currentPassword: wrongPassword }
    expect((await call('POST', '/me/password', { body: wrong, cookie })).status).toBe(401)
    const personal = { ...change, password: secrets.secretNumber, passwordConfirmation: secrets.secretNumber }
    expect((await call('POST', '/me/password', { body: personal, cookie })).body).toContain('password-personal')
    expect((await call('POST', '/me/password', { body: change, cookie })).status).toBe(204)
    await mailOf(addresses.first, 'password-changed')

    const move = { currentPassword: newPassword, email: addresses.second }
    await sendAllWrong('/me/email', move, cookie)
    expect((await call('POST', '/me/email', { body: { ...move, email: secrets.stray }, cookie })).status).toBe(400)
    const stranger = { ...move, currentPassword: wrongPassword }
    expect((await call('POST', '/me/email', { body: stranger, cookie })).status).toBe(401)
    expect((await call('POST', '/me/email', { body: move, cookie })).status).toBe(202)
    const token = await tokenOf(addresses.second, 'email-change-requested')
    await sendAllWrong('/email-confirmations', { token })
    expect((await call('GET', `/email-confirmations?token=${token}`)).status).toBe(405)
    expect((await call('POST', '/email-confirmations', { body: { token } })).status).toBe(204)
    expect((await call('POST', '/email-confirmations', { body: { token } })).status).toBe(410)
    await mailOf(addresses.first, 'email-changed')
  })

  test('are sent as ID numbers, until locked, and in requests for a link', async () => {
    for (const idNumber of [secrets.strayPassword, secrets.secretNumber]) {
      for (const status of [401, 401, 423]) expect((await logIn(secrets.wrongPassword, idNumber)).status).toBe(status)
      expect((await call('POST', '/password-resets', { body: { idNumber } })).status).toBe(202)
      expect((await call('POST', '/registrations', { body: form({ idNumber }) })).status).toBe(401)
    }
    await eventually('word of two locks and two wishes', async () => {
      const told = (await eventsFrom(true)).map(({ text }) => text)
      return ['account-locked', 'password-reset-requested'].every(
        (type) => told.filter((text) => text.includes(type)).length >= 2,
      )
    })
  })

  test('are sent in password resets after a lock: unknown, malformed, used and right', async () => {
    const { newPassword, wrongPassword, resetPassword } = secrets
    for (const status of [401, 401, 423]) expect((await logIn(wrongPassword)).status).toBe(status)
    expect((await logIn(newPassword)).status).toBe(423)
    await mailOf(addresses.second, 'account-locked')

    await sendAllWrong('/password-resets', { idNumber: secrets.idNumber })
    for (const idNumber of [secrets.otherId, addresses.second, secrets.idNumber]) {
      expect((await call('POST', '/password-resets', { body: { idNumber } })).status).toBe(202)
    }
    const token = await tokenOf(addresses.second, 'password-reset-requested')
    const confirmation = { token, password: resetPassword, passwordConfirmation: resetPassword }
    await sendAllWrong('/password-resets/confirm', confirmation)
    for (const password of [secrets.idNumber, secrets.secretNumber]) {
      const personal = { ...confirmation, password, passwordConfirmation: password }
      const { body } = await call('POST', '/password-resets/confirm', { body: personal })
      expect(body).toContain('password-personal')
    }
    const unknown = { ...confirmation, token: secrets.stray }
    expect((await call('POST', '/password-resets/confirm', { body: unknown })).status).toBe(410)
    expect((await call('GET', `/password-resets/confirm?token=${token}`)).status).toBe(405)
    expect((await call('POST', '/password-resets/confirm', { body: confirmation })).status).toBe(204)
    expect((await call('POST', '/password-resets/confirm', { body: confirmation })).status).toBe(410)
    await mailOf(addresses.second, 'password-changed')

    const { status, cookie } = await logIn(resetPassword)
    expect(status).toBe(201)
    expect((await call('DELETE', '/sessions/current', { cookie })).status).toBe(204)
  })
})

const filesIn = async (...path: string[]): Promise<Place[]> => {
  const root = join(folder, 'data', ...path)
  const names = await readdir(root)
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(root, name), 'utf8') })))
}

/** The bus and SES tell events of their own; the latter's hold the address, as AWS's do. */
const eventsFrom = async (isOurs: boolean): Promise<Place[]> => {
  const events = (await service.getJson('/events.json')) as { source: string }[]
  return events
    .filter(({ source }) => (source === 'results-service') === isOurs)
    .map((event) => ({ name: `event of ${event.source}`, text: JSON.stringify(event) }))
}

describe('are found', () => {
  test('in no log line of the service', () => {
    const text = service.output()
    expect(text.match(/"message":"answered"/g)?.length).toBeGreaterThan(50)
    expect(
      findCanaries([{ kind: 'function', text: 'identity/confirm-password-reset' }], [{ name: 'log', text }]),
    ).not.toEqual([])
    expect(findCanaries(canaries(), [{ name: 'log', text }])).toEqual([])
  })

  test('in no response body or header, except what candidates see of themselves', () => {
    expect(exchanges.length).toBeGreaterThan(100)
    const places = exchanges.map(({ name, headers, body }) => ({ name, text: `${headers}\n\n${body}` }))
    expect(findCanaries(canaries(), places)).toEqual([])
  })

  test('in no event, except the ID number, and the recipient in those of SES', async () => {
    const ours = await eventsFrom(true)
    expect(ours.length).toBeGreaterThan(5)
    expect(findCanaries(but('idNumber'), ours)).toEqual([])
    const theirs = await eventsFrom(false)
    expect(findCanaries(but('email', 'newEmail'), theirs)).toEqual([])
    expect(findCanaries(only('email'), theirs)).not.toEqual([])
  })

  test('in no message of a queue or dead-letter queue, except the ID number', async () => {
    const queues = await filesIn('queues')
    expect(queues.filter(({ name }) => /dead/i.test(name)).length).toBeGreaterThan(0)
    expect(queues.some(({ text }) => text.includes('password-reset-requested'))).toBe(true)
    expect(findCanaries(but('idNumber'), queues)).toEqual([])
  })

  test('in no call of a function, except the ID number, and the recipient of a mail', async () => {
    const { calls } = (await service.getJson('/access.json')) as { calls: { action: string }[] }
    const places = calls.map((made) => ({ name: made.action, text: JSON.stringify(made) }))
    const [mailing, others] = [true, false].map((isMail) =>
      places.filter(({ name }) => name.startsWith('ses:') === isMail),
    )
    expect(findCanaries(but('idNumber', 'otherId'), others ?? [])).toEqual([])
    expect(findCanaries(but('email', 'newEmail'), mailing ?? [])).toEqual([])
  })

  test('in no link of a mail before the fragment, and no number anywhere in a mail (R41)', async () => {
    const mails = await service.mails()
    const links = mails.flatMap(({ text, html }) => `${text} ${html}`.match(/https?:\/\/[^\s"<]+/g) ?? [])
    const addressed = links.map((link) => ({ name: 'link', text: link.split('#')[0] ?? '' }))
    expect(links.some((link) => link.includes('#token='))).toBe(true)
    expect(findCanaries(canaries(), addressed)).toEqual([])
    const secret = only(
      'idNumber',
      'secretNumber',
      'password',
      'newPassword',
      'resetPassword',
      'wrongPassword',
      'grade',
      'session',
    )
    expect(findCanaries(secret, [{ name: 'mails', text: JSON.stringify(mails) }])).toEqual([])
  })

  test('in the tables only hashed or encrypted, if they are secrets', async () => {
    const stored = await filesIn('dynamodb')
    expect(findCanaries(only('newEmail', 'familyName'), stored)).not.toEqual([])
    const secret = canaries().filter(({ kind }) => /secretNumber|password|token|session/i.test(kind))
    expect(secret.length).toBeGreaterThan(8)
    expect(findCanaries(secret, stored)).toEqual([])
  })
})

describe('the search itself', () => {
  const canary = { kind: 'name', text: secrets.familyName }
  const leak = (text: string) => findCanaries([canary], [{ name: 'log', text }])
  const line = JSON.stringify({ message: 'answered', name: secrets.familyName })

  test.each([
    ['plain', `registered ${secrets.familyName}`],
    ['in capitals', secrets.familyName.toUpperCase()],
    ['in a URL', `GET /?name=${encodeURIComponent(secrets.familyName)}`],
    ['in a form', new URLSearchParams({ name: secrets.familyName }).toString()],
    ['in JSON', line],
    ['in JSON within JSON', JSON.stringify({ body: line })],
    ['in JSON of ASCII alone', line.replace('ö', '\\u00f6')],
    ['in HTML', `<p>O'Kanarsson &amp; Söhne</p>`],
    ['in hexadecimal', Buffer.from(secrets.familyName).toString('hex')],
    ...[0, 1, 2].map((before) => [`in base64 after ${before} bytes`, base64After(before)]),
  ])('finds one %s', (_form, text) => {
    expect(leak(text ?? '')).not.toEqual([])
  })

  test('finds nothing in clean text', () => {
    expect(leak('{"message":"answered","operation":"identity/register","status":201}')).toEqual([])
  })
})

function base64After(before: number): string {
  return Buffer.from(`${'x'.repeat(before)}${secrets.familyName} and more`).toString('base64url')
}
