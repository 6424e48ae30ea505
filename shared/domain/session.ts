import { type EpochMilliseconds, epochMilliseconds, hour, later, minute, second } from './time.ts'

/** A session ends after this long without a call, or at its absolute end, whichever comes first. */
export const idleFor = 30 * minute
export const absoluteFor = 12 * hour
/** A session that was used this recently need not be written again; it may end early by as much. */
export const extensionStep = second

/** A candidate's session (table `sessions`); the token that opens it is not in it. */
export interface Session {
  readonly idNumber: string
  /** The account's `sessionEpoch` when it began. */
  readonly epoch: string
  readonly idleUntil: EpochMilliseconds
  readonly absoluteUntil: EpochMilliseconds
}

export const beginSession = (idNumber: string, epoch: string, now: EpochMilliseconds): Session => ({
  idNumber,
  epoch,
  idleUntil: later(now, idleFor),
  absoluteUntil: later(now, absoluteFor),
})

export const begunAt = ({ absoluteUntil }: Session): EpochMilliseconds => later(absoluteUntil, -absoluteFor)

/** The instant from which the session is no more, unless it is used before. */
export const expiryOf = ({ idleUntil, absoluteUntil }: Session): EpochMilliseconds =>
  epochMilliseconds(Math.min(idleUntil, absoluteUntil))

export const isOver = (session: Session, now: EpochMilliseconds): boolean => now >= expiryOf(session)

/** The session as its use at this instant leaves it, or undefined where that is not worth a write. */
export const extended = (session: Session, now: EpochMilliseconds): Session | undefined => {
  const idleUntil = later(now, idleFor)
  return idleUntil - session.idleUntil >= extensionStep ? { ...session, idleUntil } : undefined
}
