import type { OptionsAnswer } from '../../shared/contracts/answers.ts'
import type { Language } from '../../shared/domain/language.ts'
import { preferNotToSay } from '../../shared/domain/reference-lists.ts'
import { preferNotToSayTexts } from '../../shared/locales/reference.ts'

/**
 * The codes with their names as ICU has them, in the order of the language's alphabet, after *Prefer Not To Say* (R07).
 * Where two codes have one name, the first stands for both.
 */
export const referenceOptions = (
  codes: readonly string[],
  type: 'region' | 'language',
  language: Language,
): OptionsAnswer => {
  const names = new Intl.DisplayNames([language], { type })
  const codeByName = new Map(codes.toReversed().map((code) => [names.of(code) ?? code, code]))
  const { compare } = new Intl.Collator(language)
  const named = [...codeByName].map(([name, code]) => ({ code, name })).toSorted((a, b) => compare(a.name, b.name))
  return { options: [{ code: preferNotToSay, name: preferNotToSayTexts[language] }, ...named] }
}
