import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { manyFailures } from '../../../shared/domain/sign-in-guard.ts'
import { minute } from '../../../shared/domain/time.ts'
import { manualClock } from '../../support/clock.ts'
import { inMemoryAccounts } from '../../support/in-memory/accounts.ts'
import { inMemoryEntries } from '../../support/in-memory/entries.ts'
import { inMemorySignInGuards } from '../../support/in-memory/sign-in-guards.ts'
import { claimableEntry, registerEndpoint, sampleForm } from '../../support/register-endpoint.ts'

const fixture = async () => {
  const clock = manualClock()
  const guards = inMemorySignInGuards()
  const { claimable } = inMemoryEntries(await claimableEntry('SECRET77'))
  const { submit } = registerEndpoint({ guards, entries: claimable, accounts: inMemoryAccounts(), clock })
  const guess = (idNumber: string) => submit(sampleForm({ idNumber, secretNumber: `WRONG${randomUUID().slice(0, 4)}` }))
  /** So many wrong Secret numbers, with the wait after each lock. */
  const fail = async (idNumber: string, times: number) => {
    for (let failure = 1; failure <= times; failure++) {
      await guess(idNumber)
      if (failure % 3 === 0) clock.advance(30 * minute)
    }
  }
  return { submit, guess, fail, guards, clock }
}

const paused = { statusCode: 423, json: { code: 'secret-number-locked', detail: 'Please contact your exam centre.' } }

describe('registration of an entry whose Secret number was wrong 99 times in a row (R14)', () => {
  test('pauses: even the right one is not evaluated, permanently', async () => {
    const { submit, fail, clock } = await fixture()
    await fail('ABC12345', manyFailures)
    const answer = await submit(sampleForm())
    expect(answer).toMatchObject(paused)
    expect(answer.json).not.toHaveProperty('lockedUntil')
    expect(answer.headers).not.toHaveProperty('retry-after')
    clock.advance(48 * 60 * minute)
    expect(await submit(sampleForm())).toMatchObject(paused)
  })

  test('pauses in the same way for an unknown ID (R27)', async () => {
    const { guess, fail } = await fixture()
    await fail('NOBODY12', manyFailures)
    expect(await guess('NOBODY12')).toMatchObject(paused)
  })

  test('continues if the 99th was right', async () => {
    const { submit, fail } = await fixture()
    await fail('ABC12345', manyFailures - 1)
    expect(await submit(sampleForm())).toMatchObject({ statusCode: 201 })
  })

  test('reserves no slot while it pauses', async () => {
    const { submit, fail, guards } = await fixture()
    await fail('ABC12345', manyFailures)
    for (let times = 0; times < 5; times++) await submit(sampleForm())
    expect([...guards.rows.values()].map(({ inFlight }) => inFlight.size)).toEqual([0])
  })
})
