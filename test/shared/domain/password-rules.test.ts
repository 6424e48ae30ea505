import { describe, expect, test } from '@jest/globals'
import { passwordFault } from '../../../shared/domain/password-rules.ts'
import { fc } from '../../support/properties.ts'

const nobody = { idNumber: 'ABC12345', secretNumber: 'SECRET789012', emailLocalPart: 'ana.example' }
const nothingCommon = () => false
const faultOf = (password: string, personal = nobody, isCommon: (text: string) => boolean = nothingCommon) =>
  passwordFault(password, personal, isCommon)

const allowed = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const allowedText = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...allowed.split('')), minLength, maxLength })

describe('a password (R06)', () => {
  test('can be any mix of 8 to 128 letters and digits, or only one kind', () => {
    fc.assert(fc.property(allowedText(8, 128), (password) => expect(faultOf(password)).toBeUndefined()))
    for (const password of ['qzxvwkjp', 'QZXVWKJP', '94715038', 'a'.repeat(128)])
      expect(faultOf(password)).toBeUndefined()
  })

  test('is too short below 8 and too long above 128', () => {
    fc.assert(fc.property(allowedText(0, 7), (password) => expect(faultOf(password)).toBe('password-too-short')))
    fc.assert(fc.property(allowedText(129, 300), (password) => expect(faultOf(password)).toBe('password-too-long')))
  })

  test('must not contain any other character, even one that looks like a letter', () => {
    const other = fc.oneof(
      fc.constantFrom(' ', '!', '-', '_', 'é', 'ß', 'ñ', 'А', '٣', '\u{1D400}', '\0', '\n', '\u200B'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter((text) => !/^[A-Za-z0-9]+$/.test(text)),
    )
    fc.assert(
      fc.property(allowedText(0, 20), other, allowedText(0, 20), (before, middle, after) =>
        expect(faultOf(before + middle + after)).toBe('password-characters'),
      ),
    )
  })

  test.each([
    ['the ID number', 'abc12345', nobody],
    ['the ID number typed with spaces', 'Abc12345', { ...nobody, idNumber: 'abc 123 45' }],
    ['the Secret number', 'Secret789012', nobody],
    ['what stands before the @ of the email', 'AnaMaria', { ...nobody, emailLocalPart: 'anamaria' }],
  ])('may not be %s, in any case of letters', (_what, password, personal) => {
    expect(faultOf(password, personal)).toBe('password-personal')
    expect(faultOf(`${password}x`, personal)).toBeUndefined()
  })

  test('must not be a common one, in any letter case', () => {
    const isCommon = (text: string) => text === 'password1'
    for (const password of ['password1', 'Password1', 'PASSWORD1']) {
      expect(faultOf(password, nobody, isCommon)).toBe('password-too-common')
    }
    expect(faultOf('password12', nobody, isCommon)).toBeUndefined()
  })
})
