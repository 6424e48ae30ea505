import { expect, test } from '@jest/globals'
import { secretNumberText } from '../../../shared/domain/secret-number.ts'
import { fc } from '../../support/properties.ts'

const number = fc.stringMatching(/^[A-Z0-9]{4,12}$/)

test('spaces and letter case of ID and Secret number never matter (R20)', () => {
  fc.assert(
    fc.property(number, number, (idNumber, secretNumber) => {
      const sloppy = (text: string) => ` ${text.toLowerCase().split('').join(' ')}\t`
      expect(secretNumberText(sloppy(idNumber), sloppy(secretNumber))).toBe(secretNumberText(idNumber, secretNumber))
    }),
  )
})

test('different pairs of numbers have different texts, so that equal Secret numbers of two candidates look different', () => {
  fc.assert(
    fc.property(number, number, number, number, (id1, secret1, id2, secret2) => {
      fc.pre(id1 !== id2 || secret1 !== secret2)
      expect(secretNumberText(id1, secret1)).not.toBe(secretNumberText(id2, secret2))
    }),
  )
})
