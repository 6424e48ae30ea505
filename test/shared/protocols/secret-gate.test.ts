import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { evaluateWithin, staleAfter } from '../../../shared/domain/sign-in-guard.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'
import { secretGate } from '../../../shared/protocols/secret-gate.ts'
import { manualClock } from '../../support/clock.ts'
import { inMemorySignInGuards } from '../../support/in-memory/sign-in-guards.ts'
import { fc } from '../../support/properties.ts'

const secret = 'sesame'

type Call = (...parameters: never[]) => Promise<unknown>

/** The same guards, each method as `change` makes it. */
const mapMethods = (guards: SignInGuards, change: (call: Call) => Call): SignInGuards =>
  Object.fromEntries(
    Object.entries(guards).map(([name, method]) => [name, change(method as Call)]),
  ) as unknown as SignInGuards

/** A gate in front of one secret, over guards in memory; everything can be replaced. */
const gate = (changes: {
  guards?: SignInGuards
  find?: () => Promise<{ secret: string } | undefined>
  matches?: (typed: string) => Promise<boolean>
  pause?: () => Promise<void>
}) => {
  const clock = manualClock()
  const guards = changes.guards ?? inMemorySignInGuards()
  const seen = { guardIds: new Set<string>(), ids: new Set<string>(), kinds: [] as string[] }
  const attempt = (kind: 'password' | 'secret-number') =>
    secretGate(
      {
        guards,
        guardHash: async (text) => {
          seen.guardIds.add(text)
          return `hash of ${text}`
        },
        clock,
        newId: () => randomUUID(),
        pause: changes.pause ?? (() => Promise.resolve()),
      },
      {
        kind,
        find: (idNumber) => {
          seen.ids.add(idNumber)
          return changes.find ? changes.find() : Promise.resolve({ secret })
        },
        matches: changes.matches ?? (async (typed, holder) => typed === holder?.secret),
      },
    )
  return { clock, guards, seen, attempt: attempt('password'), attemptSecretNumber: attempt('secret-number') }
}

describe('the gate', () => {
  test('ignores case and spaces of ID numbers (R20)', async () => {
    const { attempt, seen } = gate({})
    for (const typed of ['ABC12345', ' abc 123 45', 'aBc12345\t']) {
      expect(await attempt(typed, secret)).toMatchObject({ verdict: 'right' })
    }
    expect([...seen.guardIds]).toEqual(['password:ABC12345'])
    expect([...seen.ids]).toEqual(['ABC12345'])
  })

  test('counts passwords and Secret numbers separately (R14)', async () => {
    const { attempt, attemptSecretNumber } = gate({})
    for (let guess = 0; guess < 3; guess++) await attempt('ABC12345', 'wrong')
    expect(await attempt('ABC12345', secret)).toMatchObject({ verdict: 'locked' })
    expect(await attemptSecretNumber('ABC12345', secret)).toMatchObject({ verdict: 'right' })
  })

  test.each([
    ['empty', ''],
    ['blank', ' '],
    ['too short', 'x'],
    ['too long', 'ABC123456789012'],
    ['not only letters and digits', 'ABC-12345'],
    ['longer in capitals', 'ß'.repeat(1024)],
    ['a picture', '\u{1F512}'],
    ['half a character', '\uD800'],
  ])(
    'looks up what can be nobody’s ID number (%s) under a key that fits, and counts it all the same',
    async (_how, typed) => {
      const { attempt, seen } = gate({ find: async () => undefined })
      const verdicts = []
      for (let guess = 0; guess < 4; guess++) verdicts.push((await attempt(typed, secret)).verdict)
      expect(verdicts).toEqual(['wrong', 'wrong', 'locked', 'locked'])
      expect([...seen.ids]).toEqual([`hash of ${[...seen.guardIds][0]}`])
    },
  )

  test('never accepts a secret without a holder, whatever the comparison returns', async () => {
    const { attempt } = gate({ find: async () => undefined, matches: async () => true })
    expect(await attempt('ABC12345', secret)).toEqual({ verdict: 'wrong' })
  })

  test('continues if the slot was reserved and only the response was lost', async () => {
    const kept = inMemorySignInGuards()
    const guards: SignInGuards = {
      ...kept,
      // As the SDK does: the first write works, its answer is lost, the second meets a guard that has filled up.
      async reserve(guardId, attempt, now) {
        await kept.reserve(guardId, attempt, now)
        await kept.reserve(guardId, `${now}-one`, now)
        await kept.reserve(guardId, `${now}-two`, now)
        return kept.reserve(guardId, attempt, now)
      },
    }
    expect(await gate({ guards }).attempt('ABC12345', secret)).toMatchObject({ verdict: 'right' })
  })

  test('releases its slot if the holder cannot be read', async () => {
    const { attempt, guards } = gate({ find: () => Promise.reject(new Error('throttled')) })
    for (let attempts = 0; attempts < 5; attempts++) await expect(attempt('ABC12345', 'x')).rejects.toThrow('throttled')
    const readable = gate({ guards })
    expect(await readable.attempt('ABC12345', secret)).toMatchObject({ verdict: 'right' })
  })

  test('evaluates nothing, and releases its slot, if it got its slot too late', async () => {
    let evaluated = 0
    const late = gate({
      find: async () => {
        late.clock.advance(evaluateWithin)
        return { secret }
      },
      matches: async () => {
        evaluated++
        return true
      },
    })
    for (let attempts = 0; attempts < 4; attempts++) {
      expect(await late.attempt('ABC12345', secret)).toEqual({ verdict: 'busy' })
    }
    expect(evaluated).toBe(0)
  })

  test('rejects a right secret if its slot was treated as stale meanwhile', async () => {
    const { attempt, clock, guards } = gate({
      matches: async (typed) => {
        if (typed === secret) {
          clock.advance(staleAfter)
          await gate({ guards }).attempt('ABC12345', 'x')
          const row = (guards as ReturnType<typeof inMemorySignInGuards>).rows.get('hash of password:ABC12345')
          for (const stale of row?.inFlight ?? [])
            await guards.settleWrong('hash of password:ABC12345', stale, clock.now())
        }
        return typed === secret
      },
    })
    expect(await attempt('ABC12345', secret)).toEqual({ verdict: 'busy' })
  })

  test('asks to try again, without a lock, if others are in flight for too long', async () => {
    const pauses: number[] = []
    const guards = inMemorySignInGuards()
    const { attempt, clock } = gate({
      guards,
      pause: async (...milliseconds: number[]) => {
        pauses.push(...milliseconds)
      },
    })
    for (const other of ['a', 'b', 'c'])
      await guards.reserve('hash of password:ABC12345', `${clock.now()}-${other}`, clock.now())
    expect(await attempt('ABC12345', secret)).toEqual({ verdict: 'busy' })
    const waited = pauses.reduce((sum, milliseconds) => sum + milliseconds, 0)
    expect(waited).toBe(3_000)
    clock.advance(staleAfter)
    expect(await attempt('ABC12345', secret)).toMatchObject({ verdict: 'locked' })
  })
})

/**
 * Whatever the order in which things happen: fast-check schedules every single call, some calls are done twice (an
 * SDK's retry), some answers are lost (a crash or a time-out after the write). Failures print a seed that replays them.
 */
describe('in every interleaving', () => {
  type Fault = 'none' | 'twice' | 'crash'

  const faulty = (guards: SignInGuards, faults: Iterator<Fault>): SignInGuards => {
    const withFault =
      (call: Call): Call =>
      async (...parameters) => {
        const fault = faults.next().value
        if (fault === 'twice') await call(...parameters)
        const answer = await call(...parameters)
        if (fault === 'crash') throw new Error('nobody hears the answer')
        return answer
      }
    return mapMethods(guards, withFault)
  }

  /** Wrong guesses evaluated before the first success, between successes, and after the last; the largest. */
  const maxEvaluated = async (
    scheduler: fc.Scheduler,
    typed: readonly string[],
    faults: readonly Fault[],
    broken: (guards: ReturnType<typeof inMemorySignInGuards>) => SignInGuards = (guards) => guards,
  ): Promise<number> => {
    const scheduled = <Parameters extends unknown[], Answer>(call: (...parameters: Parameters) => Promise<Answer>) =>
      scheduler.scheduleFunction(call)
    const memory = inMemorySignInGuards()
    let sinceReset = 0
    let most = 0
    const counting = broken(memory)
    const settleRight: SignInGuards['settleRight'] = async (guardId, attempt, now) => {
      const settled = await counting.settleRight(guardId, attempt, now)
      if (settled) sinceReset = 0
      return settled
    }
    const all = faulty({ ...counting, settleRight }, faults[Symbol.iterator]())
    const { attempt } = gate({
      guards: mapMethods(all, scheduled),
      find: scheduled(async () => ({ secret })),
      matches: scheduled(async (guess: string) => {
        if (guess !== secret) most = Math.max(most, ++sinceReset)
        return guess === secret
      }),
      pause: scheduled(() => Promise.resolve()),
    })
    const done = Promise.allSettled(typed.map((guess) => attempt('ABC12345', guess)))
    await scheduler.waitIdle()
    await done
    return most
  }

  const guesses = fc.array(fc.constantFrom('wrong', 'wrong', 'wrong', secret), { minLength: 4, maxLength: 24 })
  const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'none', 'twice', 'crash'), { maxLength: 60 })
  const holds = (broken?: (guards: ReturnType<typeof inMemorySignInGuards>) => SignInGuards, numRuns = 300) =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), guesses, faults, async (scheduler, typed, list) => {
        expect(await maxEvaluated(scheduler, typed, list, broken)).toBeLessThanOrEqual(3)
      }),
      { numRuns },
    )

  test('at most three wrong secrets are evaluated between two successes', async () => {
    await holds()
  })

  const brokenVariants: Record<string, (guards: ReturnType<typeof inMemorySignInGuards>) => SignInGuards> = {
    'failures are looked up first and counted afterwards': (guards) => ({
      ...guards,
      async reserve(guardId, _attempt, _now) {
        const untried = { inFlight: new Set<string>(), wrong: new Set<string>(), lastAttemptAt: epochMilliseconds(0) }
        const guard = guards.rows.get(guardId) ?? untried
        return { outcome: guard.wrong.size >= 3 ? 'refused' : 'reserved', guard }
      },
      async settleWrong(guardId, attempt, now) {
        await guards.reserve(guardId, attempt, now)
        return guards.settleWrong(guardId, attempt, now)
      },
      settleRight: async () => true,
    }),
    'a success frees every slot': (guards) => ({
      ...guards,
      async settleRight(guardId, attempt, now) {
        const settled = await guards.settleRight(guardId, attempt, now)
        const row = guards.rows.get(guardId)
        if (settled && row) guards.rows.set(guardId, { ...row, inFlight: new Set() })
        return settled
      },
    }),
    'a slot is freed when its guess was wrong and counted later': (guards) => ({
      ...guards,
      async settleWrong(guardId, attempt, now) {
        await guards.release(guardId, attempt)
        await Promise.resolve()
        return guards.settleWrong(guardId, attempt, now)
      },
    }),
  }
  test.each(Object.entries(brokenVariants))(
    'is detected as broken if %s (negative control)',
    async (_title, broken) => {
      await expect(holds(broken, 2_000)).rejects.toThrow()
    },
  )
})
