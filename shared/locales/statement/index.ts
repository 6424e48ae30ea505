import type { Language } from '../../domain/language.ts'
import de from './de.json' with { type: 'json' }
import en from './en.json' with { type: 'json' }
import es from './es.json' with { type: 'json' }
import fr from './fr.json' with { type: 'json' }
import it from './it.json' with { type: 'json' }

/** Everything that stands on a statement of results, in one language. */
export type StatementTexts = typeof en

/** The statements' texts by language (R58). */
export const statementTexts: Readonly<Record<Language, StatementTexts>> = { en, es, it, fr, de }
