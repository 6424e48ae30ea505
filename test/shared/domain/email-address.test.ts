import { describe, expect, test } from '@jest/globals'
import { isEmailAddress, isTooLongAddress, localPartOf } from '../../../shared/domain/email-address.ts'
import { processorTimeOf } from '../../support/median-difference.ts'

describe('an email address (R04)', () => {
  test.each([
    'ana@example.org',
    'ana.maria+exams@mail.example.co.uk',
    "o'brien@example.com",
    'a@b.io',
    'ana@xn--mnchen-3ya.de',
    'ana@example.xn--p1ai',
    `${'a'.repeat(64)}@example.org`,
    `ana@${'b'.repeat(63)}.org`,
  ])('is %s', (text) => expect(isEmailAddress(text)).toBe(true))

  test.each([
    '',
    'ana',
    'ana@',
    '@example.org',
    'ana@example',
    'ana@localhost',
    'ana@example.o',
    'ana@example.123',
    'ana@127.0.0.1',
    'ana@[127.0.0.1]',
    'ana@@example.org',
    'ana@exa mple.org',
    ' ana@example.org',
    'ana@example.org ',
    'ana@example.org\n',
    'ana@example.org\r\nBcc: eve@example.org',
    'ana@example.org,eve@example.org',
    'Ana <ana@example.org>',
    '"ana"@example.org',
    'ana..maria@example.org',
    '.ana@example.org',
    'ana.@example.org',
    'ana@-example.org',
    'ana@example-.org',
    'ana@example..org',
    'añá@example.org',
    'ana@exämple.org',
    `${'a'.repeat(65)}@example.org`,
    `ana@${'b'.repeat(64)}.org`,
    `ana@${'b.'.repeat(130)}org`,
  ])('is not %j', (text) => expect(isEmailAddress(text)).toBe(false))

  test('is validated fast, however long and repetitive the text', async () => {
    const texts = [
      `${'a.'.repeat(8_000)}!`,
      `a@${'a'.repeat(16_000)}`,
      `a@${'a-'.repeat(120)}`,
      `a@${'a.'.repeat(120)}`,
    ]
    const milliseconds = await processorTimeOf(async () => {
      expect(texts.filter(isEmailAddress)).toEqual([])
    })
    expect(milliseconds).toBeLessThan(200)
  })

  test('has up to 254 characters, and a local part', () => {
    expect(isTooLongAddress('x'.repeat(254))).toBe(false)
    expect(isTooLongAddress('x'.repeat(255))).toBe(true)
    expect(localPartOf('ana.maria@example.org')).toBe('ana.maria')
    expect(localPartOf('no address')).toBeUndefined()
  })
})
