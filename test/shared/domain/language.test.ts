import { describe, expect, test } from '@jest/globals'
import { languages, preferredLanguage } from '../../../shared/domain/language.ts'
import { fc } from '../../support/properties.ts'

describe('the response language (R58)', () => {
  test.each([
    ['de', 'fr', 'de'],
    ['tlh', 'fr', 'fr'],
    ['DE', 'fr', 'fr'],
    [undefined, 'it-CH', 'it'],
    [undefined, 'IT', 'it'],
    [undefined, 'en;q=0.5, es;q=0.8', 'es'],
    [undefined, 'de;q=0, fr;q=0.001', 'fr'],
    [undefined, 'es,de', 'es'],
    [undefined, 'pt, zh-Hant-TW;q=0.9, *;q=0.1', 'en'],
    [undefined, 'de;q=2', 'en'],
    [undefined, '', 'en'],
    [undefined, undefined, 'en'],
  ])('asked for %s by a browser that prefers %s is %s', (asked, header, language) => {
    expect(preferredLanguage(asked, header)).toBe(language)
  })

  test('is one of the five for any input', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (asked, header) =>
        expect(languages).toContain(preferredLanguage(asked, header)),
      ),
    )
  })
})
