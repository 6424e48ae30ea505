import type { Language } from '../../domain/language.ts'
import de from './de.json' with { type: 'json' }
import en from './en.json' with { type: 'json' }
import es from './es.json' with { type: 'json' }
import fr from './fr.json' with { type: 'json' }
import it from './it.json' with { type: 'json' }

/** Everything that stands in mails, in one language; every language has the same keys and `{arguments}`. */
export type MailTexts = typeof en

/** The mails' texts by language (R58). */
export const mailTexts: Readonly<Record<Language, MailTexts>> = { en, es, it, fr, de }
