import { describe, expect, test } from '@jest/globals'
import { zonesOfCountry } from '../../../shared/adapters/node/time-zones.ts'
import { localTimes } from '../../../shared/domain/local-times.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'

const at = (iso: string) => epochMilliseconds(Date.parse(iso))
const told = (iso: string, ...countries: string[]) =>
  localTimes(at(iso), countries, zonesOfCountry).map(({ country = '', local, offset }) =>
    `${country} ${local} ${offset}`.trim(),
  )

describe('the instant of a release, where its centres are (R63)', () => {
  test('is shown with the summer time of that day', () => {
    expect(told('2026-10-25T00:30:00Z', 'IT')).toEqual(['2026-10-25 00:30 +00:00', 'IT 2026-10-25 02:30 +02:00'])
    expect(told('2026-10-25T01:30:00Z', 'IT')).toEqual(['2026-10-25 01:30 +00:00', 'IT 2026-10-25 02:30 +01:00'])
    expect(told('2027-03-28T00:59:00Z', 'IT').at(-1)).toBe('IT 2027-03-28 01:59 +01:00')
    expect(told('2027-03-28T01:00:00Z', 'IT').at(-1)).toBe('IT 2027-03-28 03:00 +02:00')
  })

  test('is shown once per time zone of a country, and per country once', () => {
    expect(told('2026-12-01T09:00:00Z', 'ES', 'IT', 'ES')).toEqual([
      '2026-12-01 09:00 +00:00',
      'ES 2026-12-01 09:00 +00:00',
      'ES 2026-12-01 10:00 +01:00',
      'IT 2026-12-01 10:00 +01:00',
    ])
  })

  test('is shown for default places if no country is known', () => {
    const places = localTimes(at('2026-07-01T09:00:00Z'), [], zonesOfCountry)
    expect(places.map(({ zone, local }) => `${zone} ${local}`)).toEqual([
      'UTC 2026-07-01 09:00',
      'Europe/London 2026-07-01 10:00',
      'Europe/Paris 2026-07-01 11:00',
      'Europe/Athens 2026-07-01 12:00',
    ])
    expect(localTimes(at('2026-07-01T09:00:00Z'), ['XX', 'not a country'], zonesOfCountry)).toEqual(places)
  })
})
