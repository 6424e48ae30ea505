import {
  type AttemptId,
  attemptId,
  type GuardStatus,
  guardStatusOf,
  isTooLateToEvaluate,
  lockedUntil,
  staleBeside,
} from '../domain/sign-in-guard.ts'
import type { EpochMilliseconds } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { NewId } from '../ports/ids.ts'
import type { KeyedHash } from '../ports/keyed-hash.ts'
import type { Pause } from '../ports/pause.ts'
import type { Reservation, SignInGuards } from '../ports/sign-in-guards.ts'
import { guardIdOf, idNumberOf, type SecretKind } from './guard-ids.ts'

/** Ports of the gates of both kinds. */
export interface GatePorts {
  readonly guards: SignInGuards
  readonly guardHash: KeyedHash
  readonly clock: Pick<Clock, 'now'>
  readonly newId: NewId
  readonly pause: Pause
}

/** One kind of secret; attempts are counted per kind (R14). */
export interface Secret<Holder> {
  readonly kind: SecretKind
  /** The holder of an ID number, strongly consistent. */
  readonly find: (idNumber: string) => Promise<Holder | undefined>
  /** Compares; without a holder it does the same work and returns false. */
  readonly matches: (typed: string, holder: Holder | undefined, idNumber: string) => Promise<boolean>
}

export type Verdict<Holder> =
  | { readonly verdict: 'right'; readonly holder: Holder }
  | { readonly verdict: 'wrong' }
  | { readonly verdict: 'locked'; readonly lockedUntil: EpochMilliseconds }
  /** Not evaluated in time: other attempts held the slots, or this one took too long. */
  | { readonly verdict: 'busy' }

/** Checks a typed secret of an ID number. */
export type SecretGate<Holder> = (idNumber: string, typed: string) => Promise<Verdict<Holder>>

/** In milliseconds, with jitter: about three seconds in all, long for a hash and short for a person. */
const backoff = [40, 80, 160, 320, 640, 800, 960]

/**
 * Every secret check goes through this gate (G1): reserve one of three slots, verify, settle. Whatever runs in parallel, at
 * most three wrong secrets of an ID are evaluated between two resets, since nothing is evaluated without a slot, and only a
 * success, an ended lock or expiry frees a used slot. Unknown IDs take the same path with the same calls (R27).
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
      // Still holding the slot proves that no lock has begun meanwhile.
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
 * Takes a slot and reads the holder, concurrently at first, to save a round trip. While attempts in flight occupy the slots,
 * it retries with backoff; then the holder is read after the slot has been taken.
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
    const met = await settledStatus(ports, guardId, attempt, reservation.value)
    if (met.status === 'reserved') {
      return { slot: 'taken', holder: await orRelease(guards, guardId, attempt, reading ?? find()) }
    }
    if (met.status === 'locked') {
      return { slot: 'none', verdict: { verdict: 'locked', lockedUntil: met.lockedUntil } }
    }
    if (met.status === 'busy' && milliseconds !== undefined) await pause(milliseconds)
    reading = undefined
  }
  return { slot: 'none', verdict: { verdict: 'busy' } }
}

/** The guard's status for this attempt, after restarting an ended count and settling stale attempts. */
const settledStatus = async (
  { guards, clock }: GatePorts,
  guardId: string,
  attempt: AttemptId,
  { outcome, guard }: Reservation,
): Promise<GuardStatus> => {
  const now = clock.now()
  const met: GuardStatus = outcome === 'reserved' ? { status: 'reserved' } : guardStatusOf(guard, attempt, now)
  if (met.status === 'over') {
    return (await guards.restart(guardId, attempt, now, guard)) ? { status: 'reserved' } : met
  }
  // Also if a slot is free: otherwise they would outlast a success and count as failures after it.
  for (const stale of staleBeside(attempt, guard, now)) await guards.settleWrong(guardId, stale, now)
  return met
}

/** Releases the slot if the holder cannot be read, since nothing has been evaluated. */
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
