import type { Language } from '../../domain/language.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { it } from './it.ts'
import type { MailTexts } from './texts.ts'

/** The mails' texts by language (R58). */
export const mailTexts: Readonly<Record<Language, MailTexts>> = { en, es, it, fr, de }
