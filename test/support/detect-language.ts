import type { Language } from '../../shared/domain/language.ts'

/** Short words that are frequent in one of the five languages and do not exist in the other four. */
const telltales: Readonly<Record<Language, readonly string[]>> = {
  en: ['the', 'your', 'you', 'and', 'with', 'this', 'was'],
  es: ['tu', 'el', 'los', 'y', 'las', 'esta', 'con', 'cuenta', 'por'],
  it: ['il', 'di', 'che', 'è', 'della', 'alla', 'sono', 'non', 'questo'],
  fr: ['votre', 'vous', 'le', 'et', 'avec', 'pour', 'des', 'ton', 'est', 'pas'],
  de: ['dein', 'und', 'das', 'mit', 'nicht', 'du', 'die', 'ist', 'der', 'bitte'],
}

/** Detects a text's language by its most frequent short words. */
export const detectLanguage = (text: string): Language => {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? []
  const heard = (language: string) => words.filter((word) => telltales[language as Language].includes(word)).length
  const [loudest] = Object.keys(telltales).toSorted((one, other) => heard(other) - heard(one))
  return loudest as Language
}
