import { describe, expect, test } from '@jest/globals'
import { beginSession } from '../../../shared/domain/session.ts'
import { hour, later, minute, second } from '../../../shared/domain/time.ts'
import { identifyCandidate } from '../../../shared/protocols/identify-candidate.ts'
import { manualClock } from '../../support/clock.ts'
import { inMemoryAccounts } from '../../support/in-memory/accounts.ts'
import { inMemorySessions } from '../../support/in-memory/sessions.ts'
import { sampleAccount } from '../../support/samples.ts'

const setUp = async () => {
  const clock = manualClock()
  const accounts = inMemoryAccounts()
  const sessions = inMemorySessions()
  const account = sampleAccount()
  accounts.rows.set(account.idNumber, account)
  const token = await sessions.begin(beginSession(account.idNumber, account.sessionEpoch, clock.now()))
  const identify = identifyCandidate({ sessions, accounts, clock })
  return { clock, accounts, sessions, account, token, identify }
}

describe('a session', () => {
  test('identifies its candidate', async () => {
    const { identify, token, account } = await setUp()
    expect(await identify(token)).toEqual(account)
  })

  test('ends after 30 minutes without a call, and each call gives it 30 more', async () => {
    const { identify, token, clock } = await setUp()
    for (let call = 0; call < 5; call++) {
      clock.advance(30 * minute - 1)
      expect(await identify(token)).toBeDefined()
    }
    clock.advance(30 * minute)
    expect(await identify(token)).toBeUndefined()
  })

  test('ends 12 hours after it started, however much it is used', async () => {
    const { identify, token, clock } = await setUp()
    const start = clock.now()
    for (let call = 1; call <= 36; call++) {
      clock.moveTo(later(start, call * 20 * minute - 1))
      expect(await identify(token)).toBeDefined()
    }
    clock.moveTo(later(start, 12 * hour))
    expect(await identify(token)).toBeUndefined()
  })

  test('is written at most once a second', async () => {
    const { identify, token, clock, sessions } = await setUp()
    for (let call = 0; call < 10; call++) await identify(token)
    expect(sessions.counted.writes).toBe(0)
    clock.advance(second)
    for (let call = 0; call < 10; call++) await identify(token)
    expect(sessions.counted.writes).toBe(1)
  })

  test('ends when the account’s epoch changes, as after a new password or a reset', async () => {
    const { identify, token, accounts, account } = await setUp()
    accounts.rows.set(account.idNumber, { ...account, sessionEpoch: 'epoch-2' })
    expect(await identify(token)).toBeUndefined()
  })

  test('continues if it changes the password itself, even between the reads of session and account', async () => {
    const { token, accounts, sessions, account, clock } = await setUp()
    const changed = { ...account, sessionEpoch: 'epoch-2' }
    const changing = {
      ...accounts,
      async find(idNumber: string) {
        accounts.rows.set(idNumber, changed)
        sessions.rows.set(token, beginSession(idNumber, changed.sessionEpoch, clock.now()))
        return accounts.find(idNumber)
      },
    }
    const identify = identifyCandidate({ sessions, accounts: changing, clock })
    expect(await identify(token)).toEqual(changed)
  })

  test('ends when the account is deleted', async () => {
    const { identify, token, accounts, account } = await setUp()
    accounts.rows.delete(account.idNumber)
    expect(await identify(token)).toBeUndefined()
  })

  test('does not exist for an unknown token; an invalid token is not even looked up', async () => {
    const { accounts, clock } = await setUp()
    const looked: string[] = []
    const sessions = { ...inMemorySessions(), find: async (token: string) => void looked.push(token) }
    const identify = identifyCandidate({ sessions, accounts, clock })
    for (const token of [undefined, '', 'x', 'x'.repeat(44), 'x'.repeat(42) + '!', 'x'.repeat(43)]) {
      expect(await identify(token)).toBeUndefined()
    }
    expect(looked).toEqual(['x'.repeat(43)])
  })
})
