import type { Mode } from './catalogue.ts'
import { day, type EpochMilliseconds, epochMilliseconds } from './time.ts'

/** From when until when a result is expected after the exam, both days included (R52). */
export interface ResultWindow {
  readonly unit: 'days' | 'working-days'
  readonly from: number
  readonly to: number
}

/** Windows and calendar are configuration: the requirements give these. */
export const resultWindows: Readonly<Record<Mode, ResultWindow>> = {
  paper: { unit: 'days', from: 28, to: 42 },
  digital: { unit: 'working-days', from: 5, to: 10 },
}

/** Dates (`YYYY-MM-DD`) that are no working days though they fall on Monday to Friday. */
export type Holidays = ReadonlySet<string>

const instantOf = (date: string) => Date.parse(`${date}T00:00:00Z`)

/** The calendar date in UTC. */
export const dateOf = (instant: EpochMilliseconds): string => new Date(instant).toISOString().slice(0, 10)

const addDays = (date: string, days: number): string => dateOf(epochMilliseconds(instantOf(date) + days * day))

const isWorkingDay = (date: string, holidays: Holidays): boolean => {
  const weekday = new Date(instantOf(date)).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !holidays.has(date)
}

/** The n-th working day after the date. */
const addWorkingDays = (date: string, count: number, holidays: Holidays): string => {
  let current = date
  for (let left = count; left > 0; ) {
    current = addDays(current, 1)
    if (isWorkingDay(current, holidays)) left--
  }
  return current
}

/** The first and the last date of the window in which a result is expected. */
export const expectedDates = (
  { mode, dateTaken }: { mode: Mode; dateTaken: string },
  { windows = resultWindows, holidays = new Set<string>() }: Partial<WindowRules> = {},
): { readonly expectedFrom: string; readonly expectedTo: string } => {
  const { unit, from, to } = windows[mode]
  const after = (count: number) =>
    unit === 'days' ? addDays(dateTaken, count) : addWorkingDays(dateTaken, count, holidays)
  return { expectedFrom: after(from), expectedTo: after(to) }
}

export interface WindowRules {
  readonly windows: Readonly<Record<Mode, ResultWindow>>
  readonly holidays: Holidays
}
