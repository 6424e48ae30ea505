import { describe, expect, test } from '@jest/globals'
import { compilePattern } from '../../../../../infra/local/aws/events/event-pattern.ts'

const event = {
  source: 'results-service',
  'detail-type': 'results-released',
  resources: ['event/1', 'event/2'],
  detail: {
    session: '2026-11-b2-first',
    count: 50,
    empty: null,
    done: true,
    object: { key: 'entries/one.csv' },
    tags: { kind: ['results-released'] },
    rows: [
      { line: 1, code: 'a' },
      { line: 2, code: 'b' },
    ],
  },
}

const cases: [pattern: object, matches: boolean][] = [
  [{ source: ['results-service'] }, true],
  [{ source: ['other', 'results-service'] }, true],
  [{ source: ['results'] }, false],
  [{ source: ['results-service'], 'detail-type': ['results-corrected'] }, false],
  [{ detail: { session: ['2026-11-b2-first'], count: [50] } }, true],
  [{ detail: { count: ['50'] } }, false],
  [{ detail: { empty: [null], done: [true] } }, true],
  [{ detail: { object: { key: [{ prefix: 'entries/' }] } } }, true],
  [{ detail: { object: { key: [{ prefix: 'results/' }] } } }, false],
  [{ detail: { object: { key: [{ suffix: '.csv' }] } } }, true],
  [{ detail: { object: { key: [{ suffix: '.json' }] } } }, false],
  [{ detail: { session: [{ 'equals-ignore-case': '2026-11-B2-FIRST' }] } }, true],
  [{ detail: { session: [{ 'anything-but': '2026-11-b2-first' }] } }, false],
  [{ detail: { session: [{ 'anything-but': ['one', 'two'] }] } }, true],
  [{ detail: { session: [{ 'anything-but': { prefix: '2026' } }] } }, false],
  [{ detail: { nothing: [{ 'anything-but': 'x' }] } }, false],
  [{ detail: { session: [{ exists: true }], nothing: [{ exists: false }] } }, true],
  [{ detail: { nothing: [{ exists: true }] } }, false],
  [{ detail: { session: [{ exists: false }] } }, false],
  [{ detail: { nothing: { deeper: [{ exists: false }] } } }, true],
  [{ detail: { count: [{ numeric: ['>', 49, '<=', 50] }] } }, true],
  [{ detail: { count: [{ numeric: ['>=', 51] }] } }, false],
  [{ detail: { count: [{ numeric: ['=', 50] }] } }, true],
  [{ detail: { session: [{ numeric: ['>', 0] }] } }, false],
  [{ resources: ['event/2'] }, true],
  [{ resources: [{ prefix: 'other/' }] }, false],
  [{ detail: { tags: { kind: ['results-released'] } } }, true],
  [{ detail: { rows: { code: ['b'] } } }, true],
  [{ detail: { rows: { line: [1], code: ['b'] } } }, false],
]

describe('an event pattern', () => {
  test.each(cases)('%j: %s', (pattern, matches) => {
    expect(compilePattern(pattern, 'rule')(event)).toBe(matches)
  })

  test.each([
    [{ detail: { key: [{ wildcard: '*.csv' }] } }, 'wildcard'],
    [{ detail: { ip: [{ cidr: '10.0.0.0/8' }] } }, 'cidr'],
    [{ detail: { $or: [{ a: ['1'] }] } }, '$or'],
    [{ detail: { count: [{ numeric: ['!=', 1] }] } }, '!='],
    [{ detail: { key: [{ prefix: { 'equals-ignore-case': 'a' } }] } }, 'prefix'],
  ])('%j is refused, naming what is not known', (pattern, words) => {
    expect(() => compilePattern(pattern, 'stack/rule')).toThrow(words)
    expect(() => compilePattern(pattern, 'stack/rule')).toThrow('stack/rule')
  })
})
