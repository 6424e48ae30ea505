import { describe, expect, test } from '@jest/globals'
import { argon2idHasher } from '../../../shared/adapters/node/password-hasher.ts'
import { hour } from '../../../shared/domain/time.ts'
import type { PasswordHasher } from '../../../shared/ports/password-hasher.ts'
import { manualClock } from '../../support/clock.ts'
import { inMemoryAccounts } from '../../support/in-memory/accounts.ts'
import { inMemoryEntries } from '../../support/in-memory/entries.ts'
import { inMemorySignInGuards } from '../../support/in-memory/sign-in-guards.ts'
import { claimableEntry, registerEndpoint, sampleForm } from '../../support/register-endpoint.ts'

const setUp = async (hasher?: Pick<PasswordHasher, 'hash'>) => {
  const clock = manualClock('2026-11-23T09:00:00.000Z')
  const accounts = inMemoryAccounts()
  const { claimable } = inMemoryEntries(
    await claimableEntry('SECRET77'),
    await claimableEntry('SECRET77', { idNumber: 'DEF67890' }),
  )
  return {
    clock,
    accounts,
    ...registerEndpoint({
      ...{ guards: inMemorySignInGuards(), entries: claimable, accounts, clock },
      ...(hasher && { hasher }),
    }),
  }
}

describe('a candidate registers', () => {
  test('with ID and Secret number of one entry, and the account exists immediately (R01, R08, R09, R11)', async () => {
    const { submit, accounts } = await setUp()
    expect(await submit(sampleForm())).toMatchObject({ statusCode: 201, json: {} })
    expect(accounts.rows.get('ABC12345')).toEqual({
      idNumber: 'ABC12345',
      session: '2026-11-b2-first-digital',
      email: 'ana@example.org',
      passwordHash: 'hash of Correct4Horse9Battery',
      sessionEpoch: expect.stringMatching(/^[\da-f-]{36}$/),
      country: 'ES',
      firstLanguage: 'prefer-not-to-say',
      emailOptIn: true,
      language: 'es',
      termsVersion: '2026-09-01',
      registeredAt: Date.parse('2026-11-23T09:00:00.000Z'),
      registrationHash: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(accounts.events).toMatchObject([
      { type: 'candidate-registered', detail: { version: 1, idNumber: 'ABC12345' } },
    ])
  })

  test('with numbers in any case and with spaces (R20)', async () => {
    const { submit, accounts } = await setUp()
    const form = sampleForm({ idNumber: ' abc 12345', secretNumber: 'secret 77 ' })
    expect(await submit(form)).toMatchObject({ statusCode: 201 })
    expect([...accounts.rows.keys()]).toEqual(['ABC12345'])
  })

  test('again with the same form, which succeeds for a day without a second event (R10)', async () => {
    const { submit, accounts, clock } = await setUp()
    await submit(sampleForm())
    clock.advance(24 * hour - 1)
    expect(await submit(sampleForm({ idNumber: 'abc12345' }))).toMatchObject({ statusCode: 201, json: {} })
    expect(accounts.events).toHaveLength(1)
    clock.advance(1)
    expect(await submit(sampleForm())).toMatchObject({ statusCode: 409 })
  })

  test('and a repetition is recognised with nothing of the password but its slow hash (R10)', async () => {
    const { submit, hashedByKey, accounts } = await setUp(argon2idHasher)
    const other = { password: 'Another4Horse9Battery', passwordConfirmation: 'Another4Horse9Battery' }
    const statuses = []
    for (const form of [sampleForm(), sampleForm(), sampleForm(other)]) statuses.push((await submit(form)).statusCode)
    expect(statuses).toEqual([201, 201, 409])
    expect(hashedByKey.join('\n')).toContain(accounts.rows.get('ABC12345')?.passwordHash)
    expect(hashedByKey.join('\n')).not.toMatch(/4Horse9Battery|SECRET77/)
  })

  test('with two IDs and one address (R13)', async () => {
    const { submit } = await setUp()
    expect(await submit(sampleForm())).toMatchObject({ statusCode: 201 })
    expect(await submit(sampleForm({ idNumber: 'DEF67890' }))).toMatchObject({ statusCode: 201 })
  })
})

describe('a registration is refused', () => {
  test.each([
    ['email', 'other@example.org'],
    ['country', 'FR'],
    ['emailOptIn', false],
    ['language', 'en'],
  ])('when the ID is claimed and the %s is another, without saying by whom (R12)', async (field, value) => {
    const { submit, accounts } = await setUp()
    await submit(sampleForm())
    const answer = await submit(sampleForm({ [field]: value }))
    expect(answer).toMatchObject({ statusCode: 409, json: { code: 'already-registered' } })
    expect(answer.body).not.toContain('ana@')
    expect(accounts.rows.get('ABC12345')).toMatchObject({ email: 'ana@example.org', language: 'es' })
  })

  test('in the same way for a wrong Secret number, a claimed ID and an unknown ID (R12)', async () => {
    const { submit } = await setUp()
    await submit(sampleForm())
    const answers = []
    for (const idNumber of ['ABC12345', 'DEF67890', 'NOBODY12', '!!']) {
      answers.push(await submit(sampleForm({ idNumber, secretNumber: 'WRONG' })))
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ statusCode: 401, json: { code: 'incorrect-details' } })
  })

  test('for half an hour after three wrong Secret numbers, even with the right one (R14)', async () => {
    const { submit, clock } = await setUp()
    const statuses = []
    for (const secretNumber of ['W1', 'W2', 'W3', 'SECRET77']) {
      statuses.push((await submit(sampleForm({ secretNumber }))).statusCode)
    }
    expect(statuses).toEqual([401, 401, 423, 423])
    clock.advance(30 * 60_000 - 1)
    const locked = await submit(sampleForm())
    expect(locked.headers['retry-after']).toBe('1')
    expect(locked.json).toMatchObject({
      code: 'secret-number-locked',
      detail: 'Wrong secret number 3 times. Please try again in 30 minutes.',
      lockedUntil: '2026-11-23T09:30:00.000Z',
    })
    clock.advance(1)
    expect(await submit(sampleForm())).toMatchObject({ statusCode: 201 })
  })

  const faults: [string, object, object[]][] = [
    ['no address', { email: 'ana' }, [{ path: 'email', code: 'email-format' }]],
    ['an endless address', { email: `${'a'.repeat(300)}@example.org` }, [{ path: 'email', code: 'too-long' }]],
    [
      'a password of words',
      { password: 'my horse', passwordConfirmation: 'my horse' },
      [{ path: 'password', code: 'password-characters' }],
    ],
    [
      'a short password',
      { password: 'a1', passwordConfirmation: 'a1' },
      [{ path: 'password', code: 'password-too-short' }],
    ],
    [
      'a common password',
      { password: 'Password1', passwordConfirmation: 'Password1' },
      [{ path: 'password', code: 'password-too-common' }],
    ],
    [
      'the ID as password',
      { password: 'abc12345', passwordConfirmation: 'abc12345' },
      [{ path: 'password', code: 'password-personal' }],
    ],
    [
      'the Secret number as password',
      { password: 'Secret77', passwordConfirmation: 'Secret77' },
      [{ path: 'password', code: 'password-personal' }],
    ],
    [
      'two passwords',
      { passwordConfirmation: 'correct4horse9battery' },
      [{ path: 'passwordConfirmation', code: 'passwords-differ' }],
    ],
    ['a country in words', { country: 'Spain' }, [{ path: 'country', code: 'not-in-list' }]],
    ['a first language in words', { firstLanguage: 'Spanish' }, [{ path: 'firstLanguage', code: 'not-in-list' }]],
    ['a language that there is not', { language: 'pt' }, [{ path: 'language', code: 'not-in-list' }]],
    ['terms that were not accepted', { termsAccepted: false }, [{ path: 'termsAccepted', code: 'terms-not-accepted' }]],
    ['a choice that was not made', { emailOptIn: null }, [{ path: 'emailOptIn', code: 'not-a-boolean' }]],
    ['an endless Secret number', { secretNumber: 'x'.repeat(1025) }, [{ path: 'secretNumber', code: 'too-long' }]],
    [
      'several faults, all told at once',
      { email: '', language: '' },
      [
        { path: 'email', code: 'email-format' },
        { path: 'language', code: 'not-in-list' },
      ],
    ],
  ]
  test.each(faults)('for %s, and it counts as no try', async (_what, changes, fields) => {
    const { submit, accounts } = await setUp()
    for (let submits = 0; submits < 4; submits++) {
      expect(await submit(sampleForm(changes))).toMatchObject({
        statusCode: 400,
        json: { code: 'malformed-request', fields },
      })
    }
    expect(accounts.rows.size).toBe(0)
    expect(await submit(sampleForm())).toMatchObject({ statusCode: 201 })
  })
})

test('the log contains nothing of a registration (G7)', async () => {
  const { submit, log } = await setUp()
  await submit(sampleForm())
  await submit(sampleForm({ email: 'other@example.org' }))
  await submit(sampleForm({ secretNumber: 'WRONG' }))
  await submit(sampleForm({ email: 'ana' }))
  expect(log.lines.map(({ fields }) => fields.status)).toEqual([201, 409, 401, 400])
  expect(JSON.stringify(log.lines)).not.toMatch(/ABC12345|SECRET77|WRONG|ana|other|Horse/i)
})
