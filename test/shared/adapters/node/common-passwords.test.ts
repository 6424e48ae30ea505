import { describe, expect, test } from '@jest/globals'
import { dictionary } from '@zxcvbn-ts/language-common'
import { listedCommonPasswords } from '../../../../shared/adapters/node/common-passwords.ts'
import { fc } from '../../../support/properties.ts'

const listed = dictionary['passwords-common'].map((word) => String(word).toLowerCase())
const fitting = new Set(listed.filter((word) => /^[a-z0-9]{8,128}$/.test(word)))

describe('the common passwords', () => {
  test('are all 17,905 of the list that the password rules would accept', () => {
    expect(fitting.size).toBe(17_905)
    expect([...fitting].filter((word) => !listedCommonPasswords.has(word))).toEqual([])
  })

  test('are those and no others', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789'.split('')),
      minLength: 8,
      maxLength: 12,
    })
    const near = fc.constantFrom(...fitting).map((word) => `${word.slice(0, -1)}${word.at(-1) === 'x' ? 'y' : 'x'}`)
    fc.assert(
      fc.property(fc.oneof(text, near), (word) => expect(listedCommonPasswords.has(word)).toBe(fitting.has(word))),
    )
    for (const word of ['', 'A', 'password']) expect(listedCommonPasswords.has(word)).toBe(fitting.has(word))
  })
})
