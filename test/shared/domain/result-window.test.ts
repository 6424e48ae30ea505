import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { holidaysSource } from '../../../bin/holidays.ts'
import { findStage, stageNames } from '../../../infra/stages.ts'
import { fromEnvironment, holidayCalendars, toEnvironment } from '../../../shared/contracts/expected-results.ts'
import { expectedDates, readWindowRules } from '../../../shared/domain/result-window.ts'
import { fc } from '../../support/properties.ts'
import { sampleWindowRules } from '../../support/samples.ts'

/** When results are expected, over weekends, holidays and year ends (R52). */
const settings = { paper: '28-42 days', digital: '5-10 working-days', holidays: 'GB-ENG' }
const digital = (dateTaken: string, holidays = 'GB-ENG') => {
  const { expectedFrom, expectedTo } = expectedDates(
    { mode: 'digital', dateTaken },
    readWindowRules({ ...settings, holidays }),
  )
  return [expectedFrom, expectedTo]
}

describe('a result is expected (R52)', () => {
  test('four to six weeks after a paper-based exam, holidays or not', () => {
    expect(expectedDates({ mode: 'paper', dateTaken: '2026-11-14' }, sampleWindowRules)).toEqual({
      expectedFrom: '2026-12-12',
      expectedTo: '2026-12-26',
    })
  })

  test.each([
    ['a Saturday', '2026-11-14', '2026-11-20', '2026-11-27'],
    ['a Sunday', '2026-11-15', '2026-11-20', '2026-11-27'],
    ['a Friday', '2026-11-13', '2026-11-20', '2026-11-27'],
    ['a Monday', '2026-11-16', '2026-11-23', '2026-11-30'],
    ['a Wednesday before a leap day', '2028-02-23', '2028-03-01', '2028-03-08'],
  ])('five to ten working days after a digital one, taken on %s', (_day, dateTaken, ...dates) => {
    expect(digital(dateTaken)).toEqual(dates)
  })

  test.each([
    // Christmas Day is a Friday; Boxing Day, a Saturday, is made up for on Monday the 28th.
    ['over Christmas, whose second day is made up for on a Monday', '2026-12-19', '2026-12-29', '2027-01-06'],
    ['over the turn of the year', '2025-12-27', '2026-01-05', '2026-01-12'],
    // Good Friday is April 3rd, Easter Monday the 6th.
    ['over Easter', '2026-03-28', '2026-04-07', '2026-04-14'],
    ['over two bank holidays in May', '2026-04-30', '2026-05-08', '2026-05-15'],
  ])('later %s', (_when, dateTaken, ...dates) => {
    expect(digital(dateTaken)).toEqual(dates)
  })

  test('by the calendar of the board’s location: the same exam, other holidays', () => {
    expect(digital('2026-12-31', 'none')).toEqual(['2027-01-07', '2027-01-14'])
    expect(digital('2026-12-31', 'GB-ENG')).toEqual(['2027-01-08', '2027-01-15'])
    // January 2nd is a Saturday, made up for on the 4th.
    expect(digital('2026-12-31', 'GB-SCT')).toEqual(['2027-01-11', '2027-01-18'])
    expect(digital('2026-12-31', 'ES')).toEqual(['2027-01-11', '2027-01-18'])
  })

  test('by other configured windows', () => {
    const rules = readWindowRules({ ...settings, digital: '1-2 days', paper: '2-3 working-days' })
    const taken = (mode: 'paper' | 'digital') => Object.values(expectedDates({ mode, dateTaken: '2026-12-31' }, rules))
    expect(taken('digital')).toEqual(['2027-01-01', '2027-01-02'])
    expect(taken('paper')).toEqual(['2027-01-05', '2027-01-06'])
  })

  test('from a working day on, never on a weekend or a holiday', () => {
    const days = fc.integer({ min: 0, max: 25_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10))
    fc.assert(
      fc.property(days, fc.constantFrom(...holidayCalendars), (dateTaken, holidays) => {
        const rules = readWindowRules({ ...settings, holidays })
        const [from = '', to = ''] = digital(dateTaken, holidays)
        for (const date of [from, to]) {
          expect([0, 6]).not.toContain(new Date(date).getUTCDay())
          expect(rules.holidays.has(date)).toBe(false)
        }
        expect(from > dateTaken && to > from).toBe(true)
      }),
    )
  })
})

describe('the settings', () => {
  test.each(stageNames)('of stage %s can be read from a function’s environment', (name) => {
    const stage = findStage(name)
    if (!stage) throw new Error('no such stage')
    expect(readWindowRules(fromEnvironment(toEnvironment(stage.expectedResults)))).toEqual(sampleWindowRules)
  })

  test.each([
    { ...settings, digital: '5-10' },
    { ...settings, digital: '10-5 working-days' },
    { ...settings, paper: 'four weeks' },
    { ...settings, holidays: 'GB' },
    { ...settings, holidays: 'toString' },
  ])('are refused where they cannot be meant: $paper, $digital, $holidays', (wrong) => {
    expect(() => readWindowRules(wrong)).toThrow()
  })

  test('name calendars whose holidays are those of date-holidays', () => {
    const committed = readFileSync(new URL('../../../shared/domain/holidays.generated.ts', import.meta.url), 'utf8')
    expect(committed).toBe(holidaysSource())
  })
})
