import type { Language } from '../domain/language.ts'
import type { Statement } from '../domain/statement.ts'

/** Makes the PDF of a statement in a language. The same statement gives the same bytes, wherever and whenever it is printed. */
export type PrintStatement = (statement: Statement, language: Language) => Promise<Uint8Array>
