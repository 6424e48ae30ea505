import type { DomainEvent } from '../contracts/events.ts'
import type { AttemptId, Guard } from '../domain/sign-in-guard.ts'
import type { EpochMilliseconds } from '../domain/time.ts'

/**
 * The attempt slots of each ID and kind of secret, under a keyed hash of both (G1). Every method is one atomic,
 * conditional write, and idempotent by the attempt: repeated by a client that lost the answer, it does nothing more.
 */
export interface SignInGuards {
  /**
   * Takes one of the three slots. Refused, and nothing written, while all are taken or the failures have lapsed, and if
   * `now` is before the last success: a repetition that arrives late would open the slot of an attempt that has left it.
   */
  reserve(guardId: string, attempt: AttemptId, now: EpochMilliseconds): Promise<Reservation>
  /** Starts the count anew with this attempt in the first slot. False, and nothing written, if the guard is no longer as it was seen. */
  restart(guardId: string, attempt: AttemptId, now: EpochMilliseconds, seen: Guard): Promise<boolean>
  /** Moves the attempt from in flight to wrong. Answers the guard as it stands then, also where another has settled the attempt. */
  settleWrong(guardId: string, attempt: AttemptId, now: EpochMilliseconds): Promise<Guard | undefined>
  /** Frees the attempt's slot and forgets the wrong ones. False, and nothing written, if another has settled it as stale. */
  settleRight(guardId: string, attempt: AttemptId, now: EpochMilliseconds): Promise<boolean>
  /** Gives back a slot in which nothing has been evaluated. */
  release(guardId: string, attempt: AttemptId): Promise<void>
}

/** Failures that have to be told of, settled together with what tells of them. */
export interface FailedAttempts {
  /**
   * As `settleWrong`, and puts the events that the guard gives rise to as this failure makes it, in the same write: each
   * once, whatever runs in parallel. `seen` is how the guard was met; if it is out of date, that costs a round trip more.
   */
  settleWrong(
    guardId: string,
    attempt: AttemptId,
    now: EpochMilliseconds,
    telling: { readonly seen: Guard | undefined; readonly eventsOf: (made: Guard) => readonly DomainEvent[] },
  ): Promise<Guard | undefined>
}

export interface Reservation {
  readonly outcome: 'reserved' | 'refused'
  /** As it stands then. */
  readonly guard: Guard
}
