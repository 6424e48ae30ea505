import type { Mode } from './catalogue.ts'
import { publicHolidays } from './holidays.generated.ts'
import { day, type EpochMilliseconds, epochMilliseconds } from './time.ts'

/** From when until when a result is expected after the exam, both days included (R52). */
export interface ResultWindow {
  readonly unit: 'days' | 'working-days'
  readonly from: number
  readonly to: number
}

/** Dates (`YYYY-MM-DD`) that are no working days though they fall on Monday to Friday. */
export type Holidays = ReadonlySet<string>

/** Windows and calendar are configuration (R52). */
export interface WindowRules {
  readonly windows: Readonly<Record<Mode, ResultWindow>>
  readonly holidays: Holidays
}

/** Reads a stage's settings, as in `28-42 days`, `5-10 working-days`, `GB-ENG`. Throws where one cannot be meant. */
export const readWindowRules = (settings: {
  readonly paper: string
  readonly digital: string
  readonly holidays: string
}): WindowRules => ({
  windows: { paper: readWindow(settings.paper), digital: readWindow(settings.digital) },
  holidays: holidaysOf(settings.holidays),
})

const readWindow = (text: string): ResultWindow => {
  const [, from = '', to = '', unit] = /^(\d{1,3})-(\d{1,3}) (days|working-days)$/.exec(text) ?? []
  if (unit === undefined || Number(from) > Number(to)) throw new Error('a window reads like "5-10 working-days"')
  return { unit: unit as ResultWindow['unit'], from: Number(from), to: Number(to) }
}

const holidaysOf = (calendar: string): Holidays => {
  if (!Object.hasOwn(publicHolidays, calendar)) throw new Error('holidays are known of no such calendar')
  const lines = publicHolidays[calendar as keyof typeof publicHolidays].trim().split('\n')
  return new Set(lines.flatMap(datesOfYear))
}

/** `2026 0101 0403` */
const datesOfYear = (line: string): string[] => {
  const [year = '', ...days] = line.split(' ')
  return days.map((monthAndDay) => `${year}-${monthAndDay.slice(0, 2)}-${monthAndDay.slice(2)}`)
}

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
  { windows, holidays }: WindowRules,
): { readonly expectedFrom: string; readonly expectedTo: string } => {
  const { unit, from, to } = windows[mode]
  const after = (count: number) =>
    unit === 'days' ? addDays(dateTaken, count) : addWorkingDays(dateTaken, count, holidays)
  return { expectedFrom: after(from), expectedTo: after(to) }
}
