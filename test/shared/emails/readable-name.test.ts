import { describe, expect, test } from '@jest/globals'
import { readableName } from '../../../shared/emails/readable-name.ts'
import { fc } from '../../support/properties.ts'

describe('a name in a mail', () => {
  test.each([
    'Ana',
    'Zoë Müller-Lüdenscheidt',
    "Seán O'Neil",
    'Ngô Thị Ánh',
    'محمد',
    '王小明',
    'J. R. de la Cruz',
    'فاطمه\u200cزهرا',
  ])('stays as it is: %s', (name) => {
    expect(readableName(name)).toBe(name)
  })

  test.each([
    ['Ana\r\nBcc: all@example.org', 'Ana Bcc all example. org'],
    ['Ana\u0000\u0007 Paz', 'Ana Paz'],
    ['Ana\u2028Paz\u2029', 'Ana Paz'],
    ['Ana \u202etxt.exe', 'Ana txt. exe'],
    ['https://evil.example/win', 'https evil. example win'],
    ['www.evil.example', 'www. evil. example'],
    ['ana@evil.example', 'ana evil. example'],
    ['J.R. Smith', 'J. R. Smith'],
    ['Zoe\u0308', 'Zoë'],
  ])('is one line that nobody makes a link of: %j becomes %j', (name, shown) => {
    expect(readableName(name)).toBe(shown)
  })

  test('is truncated if it is too long', () => {
    expect([...readableName('Ä'.repeat(5_000))]).toHaveLength(100)
  })

  test('whatever it is, it is one line without links, and stays so', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const shown = readableName(name)
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}/@:\\]|\.[\p{L}\p{N}]/u)
        expect(readableName(shown)).toBe(shown)
      }),
    )
  })
})
