import { type EpochMilliseconds, epochMilliseconds, hour, later, minute, second } from './time.ts'

/** How many wrong secrets may be evaluated before the lock (R22). */
export const slotCount = 3
/** How long the lock lasts from the third failure on (R23, R24). */
export const lockDuration = 30 * minute
/** Failures are forgotten after this long without an attempt (R22). */
export const guardLifetime = 24 * hour
/** An attempt that nobody has settled for this long counts as wrong: whoever made it may have evaluated the secret. */
export const staleAfter = 30 * second
/** No secret is evaluated this long after its slot was asked for, so that none is while others take it for stale. */
export const evaluateWithin = 15 * second

/** From so many failures in a row on the owner is advised (password), or no more are evaluated (Secret number) (R14, R28). */
export const manyFailures = 99

/** One try of one secret, `<epoch milliseconds>-<random>`: it says itself how old it is. */
export type AttemptId = string

export const attemptId = (now: EpochMilliseconds, random: string): AttemptId => `${now}-${random}`

const startOf = (attempt: AttemptId): EpochMilliseconds => epochMilliseconds(Number.parseInt(attempt, 10))

/** The tries of one secret of one ID since the last success, reset or end of a lock (table `sign-in-guards`). */
export interface Guard {
  /** Attempts that may be evaluating right now. Together with the wrong ones there are never more than three. */
  readonly inFlight: ReadonlySet<AttemptId>
  readonly wrong: ReadonlySet<AttemptId>
  readonly lastAttemptAt: EpochMilliseconds
  readonly lastWrongAt?: EpochMilliseconds
  /** Failures since the last success, over any time; none if absent. */
  readonly consecutive?: number
}

/** The guard once this attempt, now in flight, has been counted as wrong. */
export const withFailure = (guard: Guard, attempt: AttemptId, now: EpochMilliseconds): Guard => ({
  inFlight: new Set([...guard.inFlight].filter((other) => other !== attempt)),
  wrong: new Set([...guard.wrong, attempt]),
  lastAttemptAt: guard.lastAttemptAt,
  lastWrongAt: now,
  consecutive: (guard.consecutive ?? 0) + 1,
})

/** What an attempt meets that found no slot. */
export type GuardStatus =
  /** Its own slot: the write had worked, and only its answer was lost. */
  | { readonly status: 'reserved' }
  | { readonly status: 'locked'; readonly lockedUntil: EpochMilliseconds }
  /** The lock has ended or the failures have lapsed: the count starts anew. */
  | { readonly status: 'over' }
  /** Attempts that nobody will settle any more block it. */
  | { readonly status: 'stale' }
  /** Others are being evaluated; what they come to decides. */
  | { readonly status: 'busy' }

/** The instant at which the lock ends, if there is one: until then exclusively. */
export const lockedUntil = (guard: Guard, now: EpochMilliseconds): EpochMilliseconds | undefined => {
  if (guard.wrong.size < slotCount || guard.lastWrongAt === undefined) return undefined
  const end = later(guard.lastWrongAt, lockDuration)
  return now < end ? end : undefined
}

export const hasExpired = ({ lastAttemptAt }: Pick<Guard, 'lastAttemptAt'>, now: EpochMilliseconds): boolean =>
  now >= later(lastAttemptAt, guardLifetime)

/** Whether an attempt may take a slot as things stand. */
export const hasFreeSlot = (guard: Guard, now: EpochMilliseconds): boolean => {
  const taken = guard.inFlight.size + guard.wrong.size
  return taken === 0 || (taken < slotCount && !hasExpired(guard, now))
}

export const isTooLateToEvaluate = (attempt: AttemptId, now: EpochMilliseconds): boolean =>
  now >= later(startOf(attempt), evaluateWithin)

export const guardStatusOf = (guard: Guard, attempt: AttemptId, now: EpochMilliseconds): GuardStatus => {
  if (guard.inFlight.has(attempt)) return { status: 'reserved' }
  const end = lockedUntil(guard, now)
  if (end !== undefined) return { status: 'locked', lockedUntil: end }
  if (guard.wrong.size >= slotCount || hasExpired(guard, now)) return { status: 'over' }
  return { status: staleBeside(attempt, guard, now).length > 0 ? 'stale' : 'busy' }
}

/** The other attempts in flight that nobody will settle any more. */
export const staleBeside = (attempt: AttemptId, { inFlight }: Guard, now: EpochMilliseconds): AttemptId[] =>
  [...inFlight].filter((other) => other !== attempt && now >= later(startOf(other), staleAfter))
