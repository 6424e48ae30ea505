import { describe, expect, test } from '@jest/globals'
import { listCountriesHandler } from '../../../functions/reference/list-countries/handler.ts'
import { listLanguagesHandler } from '../../../functions/reference/list-languages/handler.ts'
import { answers } from '../../../shared/contracts/answers.ts'
import { languages } from '../../../shared/domain/language.ts'
import { isCountry, isFirstLanguage } from '../../../shared/domain/reference-lists.ts'
import { httpEvent, originSecret, type Request, send } from '../../support/http-event.ts'
import { recordingLog } from '../../support/log.ts'

const options = { originSecret, log: recordingLog() }
const lists = {
  listCountries: { handler: listCountriesHandler(options), isListed: isCountry, least: 249 },
  listLanguages: { handler: listLanguagesHandler(options), isListed: isFirstLanguage, least: 180 },
} as const

interface Option {
  readonly code: string
  readonly name: string
}
const list = async (name: keyof typeof lists, request: Request = {}): Promise<Option[]> => {
  const answer = await send(lists[name].handler, httpEvent(name, request))
  expect(answer.statusCode).toBe(200)
  expect(answers[name].success[200]?.safeParse(answer.json)).toMatchObject({ success: true })
  return answer.json?.options as Option[]
}
const inLanguage = (lang: string) => ({ query: { lang } })

describe.each(['listCountries', 'listLanguages'] as const)('%s (R07)', (name) => {
  test.each([
    ['en', 'Prefer Not To Say'],
    ['es', 'Prefiero no decirlo'],
    ['it', 'Preferisco non rispondere'],
    ['fr', 'Je préfère ne pas répondre'],
    ['de', 'Keine Angabe'],
  ])('offers in %s first: %s (R58)', async (lang, text) => {
    const [first] = await list(name, inLanguage(lang))
    expect(first).toEqual({ code: 'prefer-not-to-say', name: text })
  })

  test.each(languages)(
    'in %s has each code and name once, only codes accepted by registration, all with names',
    async (lang) => {
      const all = await list(name, inLanguage(lang))
      expect(all.length).toBeGreaterThan(lists[name].least)
      expect(all.filter(({ code }) => !lists[name].isListed(code))).toEqual([])
      expect(new Set(all.map(({ code }) => code)).size).toBe(all.length)
      expect(new Set(all.map((option) => option.name)).size).toBe(all.length)
      expect(all.filter((option) => option.name === option.code)).toEqual([])
    },
  )

  test('is in English without a requested language, or with an unsupported one', async () => {
    const english = await list(name, inLanguage('en'))
    expect(await list(name)).toEqual(english)
    expect(await list(name, inLanguage('tlh'))).toEqual(english)
    expect(await list(name, { headers: { 'Accept-Language': 'pt-BR, *;q=0.1' } })).toEqual(english)
  })

  test('is in the browser’s language, unless another is requested', async () => {
    const headers = { 'Accept-Language': 'pt, fr-CH;q=0.9, en;q=0.8' }
    expect(await list(name, { headers })).toEqual(await list(name, inLanguage('fr')))
    expect(await list(name, { headers, query: { lang: 'it' } })).toEqual(await list(name, inLanguage('it')))
  })
})

test('names are in the language’s alphabetical order, with accents in their proper place', async () => {
  const namesIn = async (lang: string) => (await list('listCountries', inLanguage(lang))).map(({ name }) => name)
  const german = await namesIn('de')
  expect(german.indexOf('Ägypten')).toBeLessThan(german.indexOf('Albanien'))
  const french = await namesIn('fr')
  expect(french.indexOf('États-Unis')).toBeLessThan(french.indexOf('Finlande'))
  expect(await list('listLanguages', inLanguage('de'))).toContainEqual({ code: 'es', name: 'Spanisch' })
})
