import { Temporal } from 'temporal-polyfill'

/** When a schedule fires: once or repeatedly. Instants in epoch milliseconds, periods in milliseconds. */
export type Timing =
  | { readonly kind: 'once'; readonly instant: number }
  | { readonly kind: 'every'; readonly milliseconds: number }

const units: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * Parses `at(yyyy-mm-ddThh:mm:ss)` in its time zone (UTC if absent) and `rate(n minutes|hours|days)`
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html). Undefined for anything else, cron
 * expressions included.
 */
export const parseSchedule = (expression: string, timeZone = 'UTC'): Timing | undefined => {
  const [, at] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression) ?? []
  if (at) return once(at, timeZone)
  const [, count, unit = ''] = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression) ?? []
  return count ? { kind: 'every', milliseconds: Number(count) * (units[unit] ?? 0) } : undefined
}

const once = (at: string, timeZone: string): Timing | undefined => {
  try {
    return { kind: 'once', instant: Temporal.PlainDateTime.from(at).toZonedDateTime(timeZone).epochMilliseconds }
  } catch {
    return undefined
  }
}
