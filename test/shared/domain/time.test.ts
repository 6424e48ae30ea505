import { describe, expect, test } from '@jest/globals'
import { fromIso, toIso } from '../../../shared/domain/time.ts'

describe('an instant as entered by people', () => {
  test.each([
    ['2026-12-01T09:00:00.000Z', '2026-12-01T09:00:00.000Z'],
    ['2026-12-01T10:00+01:00', '2026-12-01T09:00:00.000Z'],
    ['2027-01-01T00:30:00+05:30', '2026-12-31T19:00:00.000Z'],
    ['2026-12-31T23:30:00-09:30', '2027-01-01T09:00:00.000Z'],
    ['2028-02-29T09:00:00Z', '2028-02-29T09:00:00.000Z'],
  ])('%s is %s', (typed, instant) => {
    const read = fromIso(typed)
    expect(read === undefined ? undefined : toIso(read)).toBe(instant)
  })

  // What `Date` takes for 2 March, 1 May and the next day's beginning.
  test.each([
    ...['2027-02-30T09:00:00Z', '2027-02-29T09:00:00Z', '2027-04-31T09:00+02:00', '2027-02-28T24:00:00Z'],
    ...['2026-12-01', '2026-12-01T09:00', '2026-13-01T09:00:00Z', '2026-12-01T09:60:00Z', 'tomorrow', ''],
  ])('%j is none: no release happens on another day than was said', (typed) => {
    expect(fromIso(typed)).toBeUndefined()
  })
})
