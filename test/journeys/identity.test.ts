import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { entriesCsv, resultsCsv } from '../../infra/local/sample-data/csv.ts'
import { generateEntries, generateResults } from '../../infra/local/sample-data/generate.ts'
import { languages } from '../../shared/domain/language.ts'
import { detectLanguage } from '../support/detect-language.ts'
import {
  type ApiAnswer,
  eventually,
  type LocalService,
  type Mail,
  startLocalService,
} from '../support/local-service.ts'

/**
 * Everything that five candidates do with an account, each in a different language, over HTTP against the local run;
 * every response is checked against its contract: R01, R02, R03, R07, R09, R11, R13, R20, R22, R23,
 * R24, R26, R30, R31, R41, R50, R51, R55, R58.
 */
type Language = (typeof languages)[number]

const session = 'identity-2026-11-b2-first-digital'
const entries = generateEntries({ seed: 3, count: 9, today: '2026-11-22' }).map((entry) => ({
  ...entry,
  exam: 'b2-first',
  dateTaken: '2026-11-14',
  mode: 'digital' as const,
  session,
}))
type Entry = (typeof entries)[number]

interface Candidate extends Pick<Entry, 'idNumber' | 'secretNumber' | 'familyName'> {
  email: string
  password: string
  language: Language
  cookie?: string | undefined
}
const candidateOf = (entry: Entry, index: number): Candidate => ({
  ...entry,
  email: `candidate${index}@example.org`,
  password: `First4Password${index}`,
  language: languages[index % languages.length] as Language,
})
const all = entries.map(candidateOf)
const candidates = all.slice(0, 5)
const [anna, bruno, carla, dario, emma, twinOne, twinTwo, lateOne, lateTwo] = all as [
  Candidate,
  Candidate,
  Candidate,
  Candidate,
  Candidate,
  Candidate,
  Candidate,
  Candidate,
  Candidate,
]

let service: LocalService
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-'))
  service = await startLocalService()
}, 120_000)
afterAll(async () => {
  await service?.stop()
  await rm(folder, { recursive: true, force: true })
})

const importFile = async (kind: 'entries' | 'results', csv: string) => {
  const file = join(folder, `${kind}.csv`)
  await writeFile(file, csv)
  expect(await service.ops('olga', 'import', kind, file)).toMatchObject({ exitCode: 0, json: { state: 'applied' } })
}

const register = ({ idNumber, secretNumber, email, password, language }: Candidate, emailOptIn = true) =>
  service.call('POST', '/v1/registrations', {
    body: {
      idNumber,
      secretNumber,
      email,
      password,
      passwordConfirmation: password,
      country: 'prefer-not-to-say',
      firstLanguage: 'prefer-not-to-say',
      termsAccepted: true,
      emailOptIn,
      language,
    },
  })

const tryPassword = ({ idNumber }: Candidate, password: string) =>
  service.call('POST', '/v1/sessions', { body: { idNumber, password } })

const logIn = async (candidate: Candidate) => {
  const answer = await tryPassword(candidate, candidate.password)
  expect(answer.status).toBe(201)
  candidate.cookie = answer.cookie
  return answer.cookie
}

const details = async ({ cookie }: Candidate) => service.call('GET', '/v1/me', { cookie })

const forget = ({ idNumber }: { idNumber: string }) =>
  service.call('POST', '/v1/password-resets', { body: { idNumber } })

const reset = (token: string, password: string) =>
  service.call('POST', '/v1/password-resets/confirm', { body: { token, password, passwordConfirmation: password } })

const confirmEmail = (token: string) => service.call('POST', '/v1/email-confirmations', { body: { token } })

const expectExpired = (answer: ApiAnswer) =>
  expect(answer).toMatchObject({ status: 410, body: { code: 'link-expired' } })

const inParallel = (act: (candidate: Candidate, index: number) => Promise<void>) => Promise.all(candidates.map(act))

/** The mails of one kind to one address, newest first, once there are so many. */
const mailsOf = (email: string, kind: string, count = 1): Promise<[Mail, ...Mail[]]> =>
  eventually(`mail ${count} of ${kind} to ${email}`, async () => {
    const mails = (await service.mails(email)).filter(({ tags }) => tags.kind === kind)
    return mails.length >= count && (mails as [Mail, ...Mail[]])
  })

/** The one-time token of a mail's link, which points into the site and nowhere else. */
const tokenIn = ({ text, html }: Mail, page: 'reset-password' | 'confirm-email'): string => {
  const links = [...text.matchAll(/https?:\/\/\S+/g)].map(([link]) => link)
  const [link = ''] = links.filter((address) => address.includes('#token='))
  const [address, token = ''] = link.split('#token=')
  expect(address).toBe(`${service.url}/${page}`)
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(html).toContain(link)
  return token
}

const resetToken = async (candidate: Candidate, count: number) => {
  const [newest] = await mailsOf(candidate.email, 'password-reset-requested', count)
  return tokenIn(newest, 'reset-password')
}

/** Every mail of the kind, one for each candidate, is in the reader's language and names no number. */
const expectInFiveLanguages = (mails: readonly (readonly [Candidate, Mail])[]) => {
  expect(new Set(mails.map(([{ language }]) => language)).size).toBe(5)
  expect(new Set(mails.map(([, { subject }]) => subject)).size).toBe(5)
  for (const [{ language, idNumber, secretNumber, password }, { subject, text, html }] of mails) {
    expect(detectLanguage(text)).toBe(language)
    expect(html).toContain(`<html lang="${language}"`)
    for (const secret of [idNumber, secretNumber, password]) expect(`${subject} ${text} ${html}`).not.toContain(secret)
  }
}

const eachWithMail = (kind: string, count = 1, email = (candidate: Candidate) => candidate.email) =>
  Promise.all(
    candidates.map(async (candidate) => [candidate, (await mailsOf(email(candidate), kind, count))[0]] as const),
  )

describe('candidates register before any result exists', () => {
  test('as soon as their entry is loaded, with a mail in their own language (R01, R02, R11, R58)', async () => {
    await importFile('entries', entriesCsv(entries))
    await inParallel(async (candidate) => {
      expect(await register(candidate)).toMatchObject({ status: 201, body: {} })
      await logIn(candidate)
      const results = await service.call('GET', '/v1/me/results', { cookie: candidate.cookie })
      expect(results.body).toMatchObject({
        results: [{ session, status: expect.stringMatching(/^(awaited|expected|late)$/) }],
      })
    })
    expectInFiveLanguages(await eachWithMail('registration-confirmation'))
  })

  test('two of them sharing one address: two accounts, two mails, two passwords (R13)', async () => {
    for (const twin of [twinOne, twinTwo]) {
      twin.email = 'twins@example.org'
      expect((await register(twin)).status).toBe(201)
    }
    expect(await mailsOf('twins@example.org', 'registration-confirmation', 2)).toHaveLength(2)
    for (const twin of [twinOne, twinTwo]) await logIn(twin)
    expect((await details(twinOne)).body).toMatchObject({ idNumber: twinOne.idNumber, email: twinOne.email })
    expect((await details(twinTwo)).body).toMatchObject({ idNumber: twinTwo.idNumber, email: twinTwo.email })
    expect((await tryPassword(twinOne, twinTwo.password)).status).toBe(401)
  })
})

describe('candidates change their data', () => {
  test('country and first language, from lists in their own language (R07)', async () => {
    const shown = new Set<string>()
    for (const language of languages) {
      for (const list of ['countries', 'languages']) {
        const { body } = await service.call('GET', `/v1/reference/${list}?lang=${language}`)
        const options = body?.options as { code: string; name: string }[]
        const noAnswer = options.filter(({ code }) => code === 'prefer-not-to-say')
        expect(noAnswer).toHaveLength(1)
        expect(options.every(({ name }) => name.trim() !== '')).toBe(true)
        shown.add(JSON.stringify(options))
      }
    }
    expect(shown.size).toBe(2 * languages.length)
  })

  test('country, first language, mail choice and language; invalid requests change nothing (R09, R58)', async () => {
    await inParallel(async (candidate, index) => {
      const before = await details(candidate)
      const wrong = await service.call('PATCH', '/v1/me', {
        body: { country: 'IT', firstLanguage: 'klingon' },
        cookie: candidate.cookie,
      })
      expect(wrong).toMatchObject({ status: 400, body: { fields: [{ path: 'firstLanguage', code: 'not-in-list' }] } })
      expect((await details(candidate)).body).toEqual(before.body)

      candidate.language = languages[(index + 1) % languages.length] as Language
      const changes = { country: 'IT', firstLanguage: 'fr', emailOptIn: index === 0, language: candidate.language }
      const changed = await service.call('PATCH', '/v1/me', { body: changes, cookie: candidate.cookie })
      expect(changed).toMatchObject({ status: 200, body: { ...before.body, ...changes } })
      expect((await details(candidate)).body).toEqual(changed.body)
    })
  })

  test('the password, with the current one: other sessions end, and the address is notified in the new language (R55)', async () => {
    await inParallel(async (candidate, index) => {
      const elsewhere = await logIn(candidate)
      await logIn(candidate)
      const change = (currentPassword: string, password: string) =>
        service.call('POST', '/v1/me/password', {
          body: { currentPassword, password, passwordConfirmation: password },
          cookie: candidate.cookie,
        })
      const former = candidate.password
      const next = `Second4Password${index}`
      expect(await change('NotThePassword1', next)).toMatchObject({ status: 401, body: { code: 'incorrect-details' } })
      expect(await change(former, 'short1')).toMatchObject({ status: 400, body: { code: 'malformed-request' } })
      expect((await change(former, next)).status).toBe(204)
      candidate.password = next
      expect((await details(candidate)).status).toBe(200)
      expect((await details({ ...candidate, cookie: elsewhere })).status).toBe(401)
      expect((await tryPassword(candidate, former)).status).toBe(401)
      await logIn(candidate)
    })
    expectInFiveLanguages(await eachWithMail('password-changed'))
  })

  test('the address: only the newest request can be confirmed; the old address is notified and stays until then (R55)', async () => {
    const old = new Map(candidates.map((candidate) => [candidate, candidate.email]))
    const tokens = new Map<Candidate, string>()
    await inParallel(async (candidate, index) => {
      const ask = (email: string, currentPassword = candidate.password) =>
        service.call('POST', '/v1/me/email', { body: { currentPassword, email }, cookie: candidate.cookie })
      const mistyped = `mistyped${index}@example.org`
      const next = `moved${index}@example.org`
      expect((await ask(next, 'NotThePassword1')).status).toBe(401)
      expect(await ask('no address')).toMatchObject({ status: 400, body: { fields: [{ code: 'email-format' }] } })

      expect(await ask(mistyped)).toMatchObject({ status: 202, body: {} })
      const [first] = await mailsOf(mistyped, 'email-change-requested')
      expect((await ask(next)).status).toBe(202)
      const [second] = await mailsOf(next, 'email-change-requested')
      expect((await details(candidate)).body).toMatchObject({ email: candidate.email, pendingEmail: next })
      expectExpired(await confirmEmail(tokenIn(first, 'confirm-email')))
      tokens.set(candidate, tokenIn(second, 'confirm-email'))
    })
    expectInFiveLanguages(
      await eachWithMail('email-change-requested', 1, ({ email }) => email.replace('candidate', 'moved')),
    )

    await inParallel(async (candidate, index) => {
      const token = tokens.get(candidate) ?? ''
      const told = await eventually('the old address told of the change to come', async () => {
        const mails = await service.mails(old.get(candidate))
        return mails.find(
          ({ text }) => !text.includes('#token=') && /change-(requested|notice)/.test(kindOf(mails, text)),
        )
      })
      expect(told.text).not.toContain(token)
      // As a mail scanner does before the recipient sees the link.
      await fetch(`${service.url}/confirm-email`)
      expect((await service.call('GET', '/v1/email-confirmations')).status).toBe(405)
      expect((await confirmEmail(token)).status).toBe(204)
      expectExpired(await confirmEmail(token))
      candidate.email = `moved${index}@example.org`
      const { body } = await details(candidate)
      expect(body).toMatchObject({ email: candidate.email })
      expect(body).not.toHaveProperty('pendingEmail')
    })
    expectInFiveLanguages(await eachWithMail('email-changed', 1, (candidate) => old.get(candidate) ?? ''))
  })

  test('and export all their data except the Secret number (R41)', async () => {
    await inParallel(async (candidate) => {
      const { status, body } = await service.call('GET', '/v1/me/export', { cookie: candidate.cookie })
      expect(status).toBe(200)
      const text = JSON.stringify(body)
      for (const held of [candidate.idNumber, candidate.email, candidate.familyName]) expect(text).toContain(held)
      for (const secret of [candidate.secretNumber, candidate.password, '$argon2']) expect(text).not.toContain(secret)
    })
  })
})

const kindOf = (mails: readonly Mail[], text: string) => mails.find((mail) => mail.text === text)?.tags.kind ?? ''

describe('candidates forget their password', () => {
  test('and get a link, valid once and until a newer one, even if it is prefetched (R30, R31)', async () => {
    const nobody = await forget({ idNumber: 'NOBODY12' })
    expect(nobody).toMatchObject({ status: 202, body: {} })
    const links = new Map<Candidate, string>()
    await inParallel(async (candidate) => {
      const { status, body } = await forget(candidate)
      expect({ status, body }).toEqual({ status: 202, body: nobody.body })
      const older = await resetToken(candidate, 1)
      expect((await forget(candidate)).status).toBe(202)
      const newer = await resetToken(candidate, 2)
      expectExpired(await reset(older, 'Never4Accepted'))
      links.set(candidate, newer)
    })
    expectInFiveLanguages(await eachWithMail('password-reset-requested', 2))

    await inParallel(async (candidate, index) => {
      const token = links.get(candidate) ?? ''
      await fetch(`${service.url}/reset-password`)
      expect((await service.call('GET', '/v1/password-resets/confirm')).status).toBe(405)
      expect(await reset(token, 'tiny')).toMatchObject({ status: 400, body: { code: 'malformed-request' } })
      expectExpired(await reset(`${token.slice(0, -2)}AA`, 'Never4Accepted'))
      const former = candidate.password
      candidate.password = `Third4Password${index}`
      expect((await reset(token, candidate.password)).status).toBe(204)
      expectExpired(await reset(token, 'Never4Accepted'))
      expect((await details(candidate)).status).toBe(401)
      expect((await tryPassword(candidate, former)).status).toBe(401)
      await logIn(candidate)
    })
    expectInFiveLanguages(await eachWithMail('password-changed'))
  })

  test('of one of two accounts with the same address, and only that one changes (R13)', async () => {
    await forget(twinOne)
    const token = await resetToken(twinOne, 1)
    const former = twinOne.password
    twinOne.password = 'Third4Password5'
    expect((await reset(token, twinOne.password)).status).toBe(204)
    expect((await tryPassword(twinOne, former)).status).toBe(401)
    await logIn(twinOne)
    await logIn(twinTwo)
  })

  test('but are sent no more than three links an hour (R31)', async () => {
    await forget(carla)
    const third = await resetToken(carla, 3)
    for (let more = 0; more < 3; more++) expect((await forget(carla)).status).toBe(202)
    // Asked after those, and answered by mail before this goes on.
    await forget(dario)
    await resetToken(dario, 3)
    expect(await mailsOf(carla.email, 'password-reset-requested', 3)).toHaveLength(3)
    carla.password = 'Fourth4Password2'
    expect((await reset(third, carla.password)).status).toBe(204)
    await logIn(carla)
  })

  test('and the link is valid at 59:59 and expired at 60:00 (R31)', async () => {
    await service.moveClock({ advanceSeconds: 3601 })
    expect(await mailsOf(carla.email, 'password-reset-requested', 3)).toHaveLength(3)
    await service.moveClock({ frozen: true })
    for (const candidate of [anna, bruno]) await forget(candidate)
    const inTime = await resetToken(anna, 3)
    const tooLate = await resetToken(bruno, 3)
    await service.moveClock({ advanceSeconds: 3599 })
    anna.password = 'Fifth4Password0'
    expect((await reset(inTime, anna.password)).status).toBe(204)
    await service.moveClock({ advanceSeconds: 1 })
    expectExpired(await reset(tooLate, 'Never4Accepted'))
    await service.moveClock({ frozen: false })
    for (const candidate of [anna, bruno]) await logIn(candidate)
  })
})

describe('candidates are locked out', () => {
  const message = 'This account has been locked. Please try again in 30 minutes.'
  const opened = new Map<Candidate, string | undefined>()

  test('by the third wrong password, with one mail, while their open session continues (R22, R23, R26)', async () => {
    await inParallel(async (candidate) => {
      opened.set(candidate, await logIn(candidate))
      const statuses = []
      for (let guess = 0; guess < 3; guess++) statuses.push((await tryPassword(candidate, `wrong${guess}`)).status)
      expect(statuses).toEqual([401, 401, 423])
      expect(await tryPassword(candidate, candidate.password)).toMatchObject({
        status: 423,
        body: { code: 'account-locked', detail: message },
      })
      expect((await details(candidate)).status).toBe(200)
    })
    expectInFiveLanguages(await eachWithMail('account-locked'))
  })

  test('until a reset by email lifts the lock and ends every session (R26, R31)', async () => {
    await inParallel(async (candidate, index) => {
      const earlier = (await service.mails(candidate.email)).filter(
        ({ tags }) => tags.kind === 'password-reset-requested',
      ).length
      expect((await forget(candidate)).status).toBe(202)
      const token = await resetToken(candidate, earlier + 1)
      expect((await tryPassword(candidate, candidate.password)).status).toBe(423)
      candidate.password = `Sixth4Password${index}`
      expect((await reset(token, candidate.password)).status).toBe(204)
      expect((await details(candidate)).status).toBe(401)
      await logIn(candidate)
      expect((await details({ ...candidate, cookie: opened.get(candidate) })).status).toBe(401)
    })
    for (const { email } of candidates) expect(await mailsOf(email, 'account-locked')).toHaveLength(1)
  })

  test('or for exactly thirty minutes without a reset (R24)', async () => {
    await service.moveClock({ frozen: true })
    for (let guess = 0; guess < 3; guess++) await tryPassword(emma, `wrong${guess}`)
    await service.moveClock({ advanceSeconds: 1799 })
    expect((await tryPassword(emma, emma.password)).status).toBe(423)
    await service.moveClock({ advanceSeconds: 1 })
    await logIn(emma)
    await service.moveClock({ frozen: false })
  })
})

describe('a session', () => {
  test('ends after thirty minutes without a call', async () => {
    await service.moveClock({ frozen: true })
    await logIn(dario)
    await service.moveClock({ advanceSeconds: 1799 })
    expect((await details(dario)).status).toBe(200)
    await service.moveClock({ advanceSeconds: 1800 })
    expect(await details(dario)).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
    await service.moveClock({ frozen: false })
  })

  test('is ended by logging out, permanently and repeatably', async () => {
    await inParallel(async (candidate) => {
      await logIn(candidate)
      for (let time = 0; time < 2; time++) {
        expect((await service.call('DELETE', '/v1/sessions/current', { cookie: candidate.cookie })).status).toBe(204)
        expect((await details(candidate)).status).toBe(401)
      }
    })
  })
})

describe('after the release', () => {
  test('late registrants see the result immediately (R03, R50)', async () => {
    const results = generateResults(entries)
    await importFile('results', resultsCsv(results))
    const { now } = (await service.getJson('/clock')) as { now: string }
    const releaseAt = new Date(Math.ceil(Date.parse(now) / 60_000) * 60_000 + 600_000).toISOString()
    await service.ops('olga', 'release', 'plan', session, `--at=${releaseAt}`)
    expect(await service.ops('piet', 'release', 'approve', session)).toMatchObject({ exitCode: 0 })
    await eventually('every result sealed', async () => {
      const { json } = await service.ops('piet', 'release', 'status', session)
      return (json.counts as { sealed: number }).sealed === results.length
    })
    await service.moveClock({ to: releaseAt })
    await mailsOf(anna.email, 'results-released')

    expect((await register(lateOne, true)).status).toBe(201)
    expect((await register(lateTwo, false)).status).toBe(201)
    for (const late of [lateOne, lateTwo]) {
      await logIn(late)
      const shown = await service.call('GET', '/v1/me/results', { cookie: late.cookie })
      const imported = results.find(({ idNumber }) => idNumber === late.idNumber)
      expect(shown.body).toMatchObject({ results: [{ status: 'released', grade: imported?.grade }] })
    }
  })

  test('and those who had registered before and chose mails were mailed (R09, R51)', async () => {
    const chose = [anna.email, twinOne.email, twinTwo.email]
    const told = await eventually('a mail for each', async () => {
      const mails = (await service.mails()).filter(({ tags }) => tags.kind === 'results-released')
      return mails.length >= chose.length && mails.map(({ to }) => to)
    })
    expect(told).toEqual(expect.arrayContaining(chose))
    for (const other of [bruno, carla, dario, emma, lateTwo]) expect(told).not.toContain(other.email)
    for (const late of [lateOne, lateTwo]) await mailsOf(late.email, 'registration-confirmation')
  })
})
