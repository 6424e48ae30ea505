import { dateOf } from './result-window.ts'
import { day, type EpochMilliseconds, later } from './time.ts'

/** Exams taken before this date (`YYYY-MM-DD`) have been kept for as many days as they may be. */
export const keptSince = (now: EpochMilliseconds, days: number): string => dateOf(later(now, -days * day))
