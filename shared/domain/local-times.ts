import type { EpochMilliseconds } from './time.ts'

/** An instant as it is on a wall in one place. */
export interface LocalTime {
  /** ISO 3166-1 alpha-2; absent where no centre's country is known. */
  readonly country?: string
  /** IANA name. */
  readonly zone: string
  /** `2026-12-01 10:00`. */
  readonly local: string
  /** From UTC at that instant, summer time included: `+01:00`. */
  readonly offset: string
}

/** Where no centre's country is known: Greenwich, and the mainland of the European boards from west to east. */
export const fallbackZones = ['UTC', 'Europe/London', 'Europe/Paris', 'Europe/Athens'] as const

/** The instant in every place of these countries in which the time differs; where none is known, in the fallback zones. */
export const localTimes = (
  instant: EpochMilliseconds,
  countries: readonly string[],
  zonesOf: (country: string) => readonly string[],
): readonly LocalTime[] => {
  const known = [...new Set(countries)].toSorted().flatMap((country) => {
    const byLocal = new Map(zonesOf(country).map((zone) => [wallTime(instant, zone).local, { country, zone }]))
    return [...byLocal.values()]
      .map((place) => ({ ...place, ...wallTime(instant, place.zone) }))
      .toSorted((one, other) => (one.local < other.local ? -1 : 1))
  })
  const utc = { zone: 'UTC', ...wallTime(instant, 'UTC') }
  if (known.length > 0) return [utc, ...known]
  return fallbackZones.map((zone) => ({ zone, ...wallTime(instant, zone) }))
}

const wallTime = (instant: EpochMilliseconds, timeZone: string): { local: string; offset: string } => {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, hourCycle: 'h23', timeZoneName: 'longOffset' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  }).formatToParts(instant)
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.find(({ type }) => type === name)?.value ?? ''
  return {
    local: `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`,
    offset: part('timeZoneName').replace('GMT', '') || '+00:00',
  }
}
