import { describe, expect, test } from '@jest/globals'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { hmacKeyedHash } from '../../../shared/adapters/node/keyed-hash.ts'
import { secretNumberText } from '../../../shared/domain/secret-number.ts'
import { lockDuration, manyFailures } from '../../../shared/domain/sign-in-guard.ts'
import { type IsOwnSecretNumber, isOwnSecretNumber } from '../../../shared/protocols/own-secret-number.ts'
import { secretNumberGate } from '../../../shared/protocols/secret-number-gate.ts'
import { manualClock } from '../../support/clock.ts'
import { inMemoryEntries } from '../../support/in-memory/entries.ts'
import { inMemorySignInGuards } from '../../support/in-memory/sign-in-guards.ts'
import { claimableEntry, secretNumberHash } from '../../support/register-endpoint.ts'

/** A new password may not be the Secret number (R06), and asking whether it is gives nobody a way to guess one (R14, G1). */
const fixture = async () => {
  const clock = manualClock()
  const guards = inMemorySignInGuards()
  const { claimable } = inMemoryEntries(await claimableEntry('SECRET77'))
  const trySecretNumber = secretNumberGate({
    guards,
    guardHash: hmacKeyedHash(async () => 'a key of the tests'),
    entries: claimable,
    secretNumberHash,
    clock,
    newId: randomIds,
    pause: async () => {},
  })
  const asks = isOwnSecretNumber(trySecretNumber)
  const ask = (password: string, by: IsOwnSecretNumber = asks) => by('ABC12345', password)
  return { ask, trySecretNumber, clock, guards, claimable }
}

const guesses = Array.from({ length: 20 }, (_, guess) => `GUESS${100 + guess}`)

describe('a new password', () => {
  test.each(['SECRET77', 'Secret77', 'secret77'])(
    'equal to the Secret number is recognized, as in %s',
    async (password) => {
      const { ask } = await fixture()
      expect(await ask(password)).toBe(true)
    },
  )

  test('that cannot be one by its format costs no attempt', async () => {
    const { ask, guards } = await fixture()
    for (const password of ['Correct4Horse9Battery', 'abc', 'x'.repeat(128)]) expect(await ask(password)).toBe(false)
    expect(guards.rows.size).toBe(0)
  })

  test('that could be one costs an attempt: after three, it is accepted unchecked for 30 minutes', async () => {
    const { ask, trySecretNumber, clock } = await fixture()
    for (const guess of guesses) expect(await ask(guess)).toBe(false)
    expect(await ask('SECRET77')).toBe(false)
    expect(await trySecretNumber('ABC12345', 'SECRET77')).toMatchObject({ verdict: 'locked' })
    clock.advance(lockDuration)
    expect(await ask('SECRET77')).toBe(true)
  })

  test('is accepted unchecked if the entry is paused permanently', async () => {
    const { ask, clock } = await fixture()
    for (let failure = 1; failure <= manyFailures; failure++) {
      await ask(`WRONG${1000 + failure}`)
      if (failure % 3 === 0) clock.advance(lockDuration)
    }
    expect(await ask('SECRET77')).toBe(false)
  })

  test('could be guessed without limit if compared outside the gate (negative control)', async () => {
    const { ask, claimable } = await fixture()
    const pastTheGate: IsOwnSecretNumber = async (idNumber, password) =>
      (await secretNumberHash(secretNumberText(idNumber, password))) === (await claimable.find(idNumber))?.secretHash
    for (const guess of guesses) await ask(guess, pastTheGate)
    expect(await ask('SECRET77', pastTheGate)).toBe(true)
  })
})
