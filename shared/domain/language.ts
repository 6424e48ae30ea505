/** The languages of pages, messages and mails (R58); the first is the one to fall back on. */
export const languages = ['en', 'es', 'it', 'fr', 'de'] as const
export type Language = (typeof languages)[number]

export const isLanguage = (text: string): text is Language => (languages as readonly string[]).includes(text)

/**
 * The language to answer in: the one asked for, else the first of an `Accept-Language` header that there is (RFC 9110,
 * section 12.5.4, by weight, a region passed over), else English.
 */
export const preferredLanguage = (asked: string | undefined, acceptLanguage: string | undefined): Language => {
  if (asked !== undefined && isLanguage(asked)) return asked
  const [best] = (acceptLanguage ?? '')
    .split(',')
    .flatMap((range) => {
      const [, name = '', weight = '1'] =
        /^\s*([a-z]{2})(?:-[a-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(range) ?? []
      const language = name.toLowerCase()
      return isLanguage(language) && Number(weight) > 0 ? [{ language, weight: Number(weight) }] : []
    })
    .toSorted((a, b) => b.weight - a.weight)
  return best?.language ?? languages[0]
}
