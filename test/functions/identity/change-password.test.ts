import { describe, expect, test } from '@jest/globals'
import { changePassword } from '../../../functions/identity/change-password/change-password.ts'
import { changePasswordHandler } from '../../../functions/identity/change-password/handler.ts'
import { listedCommonPasswords } from '../../../shared/adapters/node/common-passwords.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { beginSession } from '../../../shared/domain/session.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import { identifyCandidate } from '../../../shared/protocols/identify-candidate.ts'
import type { Verdict } from '../../../shared/protocols/secret-gate.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret, send, siteUrl } from '../../support/http-event.ts'
import { inMemoryPasswordChanges } from '../../support/in-memory/account-changes.ts'
import { inMemoryAccounts } from '../../support/in-memory/accounts.ts'
import { inMemorySessions } from '../../support/in-memory/sessions.ts'
import { recordingLog } from '../../support/log.ts'
import { quickHasher } from '../../support/log-in-endpoint.ts'
import { sampleAccount } from '../../support/samples.ts'

const right: Verdict<Account> = { verdict: 'right', holder: sampleAccount() }
const sampleForm = (changes: object = {}) => ({
  currentPassword: 'Correct4Horse9Battery',
  password: 'Another4Horse9Staple',
  passwordConfirmation: 'Another4Horse9Staple',
  ...changes,
})

const setUp = async (verdict: Verdict<Account> = right, secretNumber = 'SECRET77') => {
  const clock = manualClock('2026-11-23T09:00:00.000Z')
  const accounts = inMemoryAccounts()
  accounts.rows.set('ABC12345', sampleAccount())
  const sessions = inMemorySessions()
  const session = beginSession('ABC12345', 'epoch-1', clock.now())
  const [own, other] = [await sessions.begin(session), await sessions.begin(session)]
  const tried: string[][] = []
  const asked: string[][] = []
  const useCase = changePassword({
    tryPassword: async (...pair) => {
      tried.push(pair)
      return verdict
    },
    isOwnSecretNumber: async (...pair) => {
      asked.push(pair)
      return pair[1].toUpperCase() === secretNumber
    },
    passwordChanges: inMemoryPasswordChanges(accounts, sessions),
    hasher: quickHasher,
    commonPasswords: listedCommonPasswords,
    newId: randomIds,
  })
  const whoIs = identifyCandidate({ sessions, accounts, clock })
  const log = recordingLog()
  const handler = changePasswordHandler(useCase, { originSecret, siteUrl, authenticate: whoIs, log, clock })
  const change = (body: object = sampleForm(), token = own) =>
    send(handler, httpEvent('changePassword', { body, cookie: `__Host-session=${token}` }))
  return { accounts, sessions, own, other, tried, asked, whoIs, change, log }
}

describe('a candidate who knows the current password sets a new one (R55)', () => {
  test('which is stored together with the event that notifies the address', async () => {
    const { change, accounts, tried } = await setUp()
    const answer = await change()
    expect(answer).toMatchObject({ statusCode: 204 })
    expect(answer.body).toBeUndefined()
    expect(tried).toEqual([['ABC12345', 'Correct4Horse9Battery']])
    expect(accounts.rows.get('ABC12345')).toMatchObject({ passwordHash: 'hash of Another4Horse9Staple' })
    expect(accounts.events).toMatchObject([{ type: 'password-changed', detail: { version: 1, idNumber: 'ABC12345' } }])
  })

  test('which ends every other session but not their own', async () => {
    const { change, whoIs, own, other } = await setUp()
    await change()
    expect(await whoIs(other)).toBeUndefined()
    expect(await whoIs(own)).toMatchObject({ idNumber: 'ABC12345' })
    expect(await change(sampleForm(), other)).toMatchObject({ statusCode: 401, json: { code: 'not-signed-in' } })
  })

  test('and neither password is in the log', async () => {
    const { change, log } = await setUp()
    await change()
    expect(JSON.stringify(log.lines)).not.toMatch(/Horse9/)
  })
})

describe('the password stays unchanged', () => {
  const stays = async ({ accounts, whoIs, other }: Awaited<ReturnType<typeof setUp>>) => {
    expect(accounts.rows.get('ABC12345')).toEqual(sampleAccount())
    expect(accounts.events).toEqual([])
    expect(await whoIs(other)).toMatchObject({ idNumber: 'ABC12345' })
  }

  test('when the current one is wrong', async () => {
    const fixture = await setUp({ verdict: 'wrong' })
    expect(await fixture.change()).toMatchObject({ statusCode: 401, json: { code: 'incorrect-details' } })
    await stays(fixture)
  })

  test('while the ID is locked, with the lock’s text to the byte; the session goes on (R23, R26)', async () => {
    const lockedUntil = epochMilliseconds(Date.parse('2026-11-23T09:10:00.001Z'))
    const fixture = await setUp({ verdict: 'locked', lockedUntil })
    const answer = await fixture.change()
    expect(answer).toMatchObject({
      statusCode: 423,
      json: {
        code: 'account-locked',
        detail: 'This account has been locked. Please try again in 30 minutes.',
        lockedUntil: '2026-11-23T09:10:00.001Z',
      },
    })
    expect(answer.headers['retry-after']).toBe('601')
    expect(await fixture.whoIs(fixture.own)).toMatchObject({ idNumber: 'ABC12345' })
    await stays(fixture)
  })

  test('while other attempts are in progress', async () => {
    const fixture = await setUp({ verdict: 'busy' })
    expect(await fixture.change()).toMatchObject({ statusCode: 429, headers: { 'retry-after': '1' } })
    await stays(fixture)
  })

  test('when the new one is the Secret number (R06)', async () => {
    const fixture = await setUp()
    expect(await fixture.change(sampleForm(both('Secret77')))).toMatchObject({
      statusCode: 400,
      json: { fields: [{ path: 'password', code: 'password-personal' }] },
    })
    expect(fixture.asked).toEqual([['ABC12345', 'Secret77']])
    await stays(fixture)
  })

  test('without checking the Secret number, when the current one is wrong or the new one is refused anyway', async () => {
    for (const verdict of [{ verdict: 'wrong' }, { verdict: 'busy' }] as const) {
      const fixture = await setUp(verdict)
      await fixture.change(sampleForm(both('Secret77')))
      expect(fixture.asked).toEqual([])
    }
    const fixture = await setUp()
    await fixture.change(sampleForm(both('a1b2c3d')))
    expect(fixture.asked).toEqual([])
  })

  test('when another change came first; the caller is asked to try again', async () => {
    const fixture = await setUp({ verdict: 'right', holder: sampleAccount({ passwordHash: 'an older hash' }) })
    expect(await fixture.change()).toMatchObject({ statusCode: 429, json: { code: 'try-again' } })
    await stays(fixture)
  })

  test.each<[string, object, { path: string; code: string }[]]>([
    ['has other characters (R06)', both('my horse 99'), [{ path: 'password', code: 'password-characters' }]],
    ['is short (R06)', both('a1b2c3d'), [{ path: 'password', code: 'password-too-short' }]],
    ['is endless (R06)', both('a'.repeat(129)), [{ path: 'password', code: 'password-too-long' }]],
    ['is common (R06)', both('Password1'), [{ path: 'password', code: 'password-too-common' }]],
    ['is the ID number (R06)', both('abc12345'), [{ path: 'password', code: 'password-personal' }]],
    [
      'is repeated otherwise (R05)',
      { passwordConfirmation: 'another4horse9staple' },
      [{ path: 'passwordConfirmation', code: 'passwords-differ' }],
    ],
    [
      'comes with an endless current one',
      { currentPassword: 'x'.repeat(1025) },
      [{ path: 'currentPassword', code: 'too-long' }],
    ],
    ['is no text', { password: 12345678 }, [{ path: 'password', code: 'not-a-string' }]],
    ['comes without the current one', { currentPassword: undefined }, [{ path: 'currentPassword', code: 'required' }]],
  ])('when the new one %s, told before the current one is tried', async (_why, changes, fields) => {
    for (const verdict of [right, { verdict: 'wrong' } as const]) {
      const fixture = await setUp(verdict)
      expect(await fixture.change(sampleForm(changes))).toMatchObject({ statusCode: 400, json: { fields } })
      expect(fixture.tried).toEqual([])
      await stays(fixture)
    }
  })

  test('when the new one is the name before the @ of the address (R06)', async () => {
    const fixture = await setUp()
    fixture.accounts.rows.set('ABC12345', sampleAccount({ email: 'ana4example9@example.org' }))
    expect(await fixture.change(sampleForm(both('Ana4Example9')))).toMatchObject({
      json: { fields: [{ path: 'password', code: 'password-personal' }] },
    })
  })

  test('by callers who are not signed in', async () => {
    const fixture = await setUp()
    expect(await fixture.change(sampleForm(), 'x'.repeat(43))).toMatchObject({
      statusCode: 401,
      json: { code: 'not-signed-in' },
    })
    expect(fixture.tried).toEqual([])
    await stays(fixture)
  })
})

function both(password: string) {
  return { password, passwordConfirmation: password }
}
