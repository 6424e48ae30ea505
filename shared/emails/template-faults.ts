import { type Language, languages } from '../domain/language.ts'
import type { RenderedMail } from './document.ts'
import { type ResultMailVariable, resultMailVariables } from './result-mail.ts'

/** Which variables each part has to use, all of them and no others. */
const wanted: Readonly<Record<keyof RenderedMail, readonly ResultMailVariable[]>> = {
  // A subject holds nothing that anybody typed.
  subject: [],
  text: resultMailVariables.filter((name) => name !== 'nameHtml'),
  html: resultMailVariables.filter((name) => name !== 'nameText'),
}

/** What keeps the templates from being sent: a missing language, an empty part, a variable that nobody supplies or that is left out. */
export const templateFaults = (templates: Readonly<Partial<Record<Language, RenderedMail>>>): readonly string[] =>
  languages.flatMap((language) => {
    const template = templates[language]
    return template ? faultsOf(language, template) : [`${language}: there is no template`]
  })

const faultsOf = (language: Language, template: RenderedMail): string[] =>
  (Object.keys(wanted) as (keyof RenderedMail)[]).flatMap((part) => {
    const text = template[part]
    if (text.trim() === '') return [`${language}: the ${part} is empty`]
    const used = new Set([...text.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)].map(([, name]) => name as string))
    const known = new Set<string>(wanted[part])
    return [
      ...[...used]
        .filter((name) => !known.has(name))
        .map((name) => `${language}: nobody supplies {{${name}}} of the ${part}`),
      ...[...known].filter((name) => !used.has(name)).map((name) => `${language}: the ${part} leaves out {{${name}}}`),
      ...(/\{\{|\}\}/.test(text.replace(/\{\{\s*\w+\s*\}\}/g, ''))
        ? [`${language}: braces in the ${part} do not match`]
        : []),
    ]
  })
