import {
  type AttemptId,
  attemptId,
  isTooLateToEvaluate,
  lockedUntil,
  type Standing,
  staleBeside,
  standingOf,
} from '../domain/sign-in-guard.ts'
import type { EpochMilliseconds } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { NewId } from '../ports/ids.ts'
import type { KeyedHash } from '../ports/keyed-hash.ts'
import type { Pause } from '../ports/pause.ts'
import type { Reservation, SignInGuards } from '../ports/sign-in-guards.ts'
import { guardIdOf, idNumberOf, type SecretKind } from './guard-ids.ts'

/** What gates of either kind need. */
export interface GatePorts {
  readonly guards: SignInGuards
  readonly guardHash: KeyedHash
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
  readonly pause: Pause
}

/** One kind of secret; kinds are counted apart (R14). */
export interface Secret<Holder> {
  readonly kind: SecretKind
  /** Who has this ID number, read consistently. */
  readonly find: (idNumber: string) => Promise<Holder | undefined>
  /** Compares; does the same work, and answers false, where there is no holder. */
  readonly matches: (typed: string, holder: Holder | undefined, idNumber: string) => Promise<boolean>
}

export type Verdict<Holder> =
  | { readonly verdict: 'right'; readonly holder: Holder }
  | { readonly verdict: 'wrong' }
  | { readonly verdict: 'locked'; readonly lockedUntil: EpochMilliseconds }
  /** Nothing is known: others were being evaluated for too long, or this attempt was. */
  | { readonly verdict: 'busy' }

/** Tries a typed secret of an ID number. */
export type SecretGate<Holder> = (idNumber: string, typed: string) => Promise<Verdict<Holder>>

/** About three seconds in all, which is long for a hash and short for a person. */
const backoff = [40, 80, 160, 320, 640, 800, 960]

/**
 * The only door to any secret check (G1): reserve one of three slots, verify, settle. Whatever runs in parallel, at most
 * three wrong secrets of an ID are evaluated between two resets, since nothing is evaluated without a slot and only a
 * success, an ended lock or a lapse frees one that was. Unknown IDs go the same way with the same calls (R27).
 */
export const secretGate =
  <Holder>(ports: GatePorts, { kind, find, matches }: Secret<Holder>): SecretGate<Holder> =>
  async (typedId, typed) => {
    const { guards, guardHash, clock, newId } = ports
    const guardId = await guardIdOf(guardHash, kind, typedId)
    const idNumber = idNumberOf(typedId, guardId)
    const attempt = attemptId(clock.now(), newId())

    const slot = await takeSlot(ports, guardId, attempt, () => find(idNumber))
    if (slot.slot === 'none') return slot.verdict
    if (isTooLateToEvaluate(attempt, clock.now())) {
      await guards.release(guardId, attempt)
      return { verdict: 'busy' }
    }
    const { holder } = slot
    if ((await matches(typed, holder, idNumber)) && holder !== undefined) {
      // Holding the slot until here proves that no lock has come between.
      return (await guards.settleRight(guardId, attempt, clock.now()))
        ? { verdict: 'right', holder }
        : { verdict: 'busy' }
    }
    const now = clock.now()
    const guard = await guards.settleWrong(guardId, attempt, now)
    const end = guard && lockedUntil(guard, now)
    return end === undefined ? { verdict: 'wrong' } : { verdict: 'locked', lockedUntil: end }
  }

type Slot<Holder> =
  | { readonly slot: 'taken'; readonly holder: Holder | undefined }
  | { readonly slot: 'none'; readonly verdict: Exclude<Verdict<Holder>, { verdict: 'right' }> }

/**
 * Takes a slot and reads the holder: both at once the first time, for one round trip. While attempts in flight block it,
 * it waits and asks again for a while; who had to wait reads when the slot is there.
 */
const takeSlot = async <Holder>(
  ports: GatePorts,
  guardId: string,
  attempt: AttemptId,
  find: () => Promise<Holder | undefined>,
): Promise<Slot<Holder>> => {
  const { guards, clock, pause } = ports
  let reading: Promise<Holder | undefined> | undefined = find()
  for (const milliseconds of [...backoff, undefined]) {
    const [reservation] = await Promise.allSettled([guards.reserve(guardId, attempt, clock.now()), reading])
    if (reservation.status === 'rejected') throw reservation.reason
    const met = await standing(ports, guardId, attempt, reservation.value)
    if (met.standing === 'reserved') {
      return { slot: 'taken', holder: await orRelease(guards, guardId, attempt, reading ?? find()) }
    }
    if (met.standing === 'locked') {
      return { slot: 'none', verdict: { verdict: 'locked', lockedUntil: met.lockedUntil } }
    }
    if (met.standing === 'busy' && milliseconds !== undefined) await pause(milliseconds)
    reading = undefined
  }
  return { slot: 'none', verdict: { verdict: 'busy' } }
}

/** What the attempt has met, after whatever can be done about it: an ended count started anew, stale attempts settled. */
const standing = async (
  { guards, clock }: GatePorts,
  guardId: string,
  attempt: AttemptId,
  { outcome, guard }: Reservation,
): Promise<Standing> => {
  const now = clock.now()
  const met: Standing = outcome === 'reserved' ? { standing: 'reserved' } : standingOf(guard, attempt, now)
  if (met.standing === 'over') {
    return (await guards.restart(guardId, attempt, now, guard)) ? { standing: 'reserved' } : met
  }
  // Also beside a free slot: else a success would leave them, and they would be failures of the time after it.
  for (const stale of staleBeside(attempt, guard, now)) await guards.settleWrong(guardId, stale, now)
  return met
}

/** A holder that cannot be read gives the slot back: nothing has been evaluated in it. */
const orRelease = async <Holder>(
  guards: SignInGuards,
  guardId: string,
  attempt: AttemptId,
  reading: Promise<Holder>,
): Promise<Holder> => {
  try {
    return await reading
  } catch (error) {
    await guards.release(guardId, attempt)
    throw error
  }
}
