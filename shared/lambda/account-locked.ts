import type { EpochMilliseconds } from '../domain/time.ts'
import { type Problem, problem } from './problem.ts'

/** To the byte as R23 has it, in English for everybody: pages translate by the code. */
const lockMessage = 'This account has been locked. Please try again in 30 minutes.'

/** The answer to any password while the lock lasts. */
export const accountLocked = (lockedUntil: EpochMilliseconds): Problem =>
  problem('account-locked', { detail: lockMessage, lockedUntil })
