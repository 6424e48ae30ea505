/** The languages of pages, messages and mails (R58); the first is the one to fall back on. */
export const languages = ['en', 'es', 'it', 'fr', 'de'] as const
export type Language = (typeof languages)[number]

export const isLanguage = (text: string): text is Language => (languages as readonly string[]).includes(text)
