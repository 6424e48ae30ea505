import type { Language } from '../domain/language.ts'

/** First in every list of origins and first languages (R07). */
export const preferNotToSayTexts: Readonly<Record<Language, string>> = {
  en: 'Prefer Not To Say',
  es: 'Prefiero no decirlo',
  it: 'Preferisco non rispondere',
  fr: 'Je préfère ne pas répondre',
  de: 'Keine Angabe',
}
