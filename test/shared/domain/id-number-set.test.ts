import { expect, test } from '@jest/globals'
import { idNumberSet } from '../../../shared/domain/id-number-set.ts'
import { idNumberPattern } from '../../../shared/domain/identifiers.ts'
import { fc } from '../../support/properties.ts'

const idNumber = fc.stringMatching(new RegExp(idNumberPattern.source))

test('reports for every ID number exactly whether it was added before, like a set', () => {
  fc.assert(
    fc.property(fc.array(idNumber, { maxLength: 200 }), fc.array(fc.nat(), { maxLength: 200 }), (fresh, again) => {
      const ids = [...fresh, ...again.map((index) => fresh[index % Math.max(fresh.length, 1)] ?? 'AAAAAA')]
      const [ours, known] = [idNumberSet(), new Set<string>()]
      for (const id of ids) {
        expect(ours.add(id)).toBe(!known.has(id))
        known.add(id)
      }
    }),
    { numRuns: 300 },
  )
})

test('distinguishes numbers that differ only in length or last character, at the ends of the alphabet', () => {
  const ids = [
    '000000',
    '0000000',
    '000000000000',
    'ZZZZZZ',
    'ZZZZZZZ',
    'ZZZZZZZZZZZZ',
    'ZZZZZZZZZZZY',
    '00000Z',
    'Z00000',
  ]
  const set = idNumberSet()
  expect(ids.map((id) => set.add(id))).toEqual(ids.map(() => true))
  expect(ids.map((id) => set.add(id))).toEqual(ids.map(() => false))
})

test('distinguishes 200,000 numbers while it grows', () => {
  const set = idNumberSet()
  const ids = Array.from(
    { length: 200_000 },
    (_, index) => `B${String((index * 61_803_399) % 10 ** 8).padStart(8, '0')}`,
  )
  expect(ids.filter((id) => !set.add(id))).toEqual([])
  expect(ids.filter((id) => set.add(id))).toEqual([])
})
