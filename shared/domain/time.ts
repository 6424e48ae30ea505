declare const unit: unique symbol

/** An instant in milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMilliseconds = number & { readonly [unit]: 'epoch-milliseconds' }

/** An instant in seconds since 1970-01-01T00:00:00Z, the unit in which DynamoDB's TTL counts. */
export type EpochSeconds = number & { readonly [unit]: 'epoch-seconds' }

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

export const epochMilliseconds = (value: number): EpochMilliseconds => value as EpochMilliseconds

/** `from` plus a duration in milliseconds. */
export const later = (from: EpochMilliseconds, milliseconds: number): EpochMilliseconds =>
  (from + milliseconds) as EpochMilliseconds

/** Rounded up, so that an item never expires early. */
export const toEpochSeconds = (instant: EpochMilliseconds): EpochSeconds => Math.ceil(instant / second) as EpochSeconds

/** ISO 8601 in UTC with milliseconds, the form of every instant in the API: `2026-12-01T09:00:00.000Z`. */
export const toIso = (instant: EpochMilliseconds): string => new Date(instant).toISOString()

const instantForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/** Undefined unless the text is an ISO 8601 instant with an offset or `Z`, on a day that there is. */
export const fromIso = (text: string): EpochMilliseconds | undefined => {
  const [, toTheMinute = ''] = instantForm.exec(text) ?? []
  const value = Date.parse(text)
  if (toTheMinute === '' || Number.isNaN(value)) return undefined
  // `Date` takes 30 February for 2 March, and would have results released on another day than was said.
  const asWritten = Date.parse(`${toTheMinute}Z`)
  return toIso(epochMilliseconds(asWritten)).startsWith(toTheMinute) ? epochMilliseconds(value) : undefined
}
