import { findExam } from '../domain/catalogue.ts'
import { type Language, languages } from '../domain/language.ts'
import type { RenderedMail } from './document.ts'
import { type ResultMailVariable, resultMailTemplates, resultMailValues } from './result-mail.ts'

/** The mail of a release in each language, as it would reach somebody whom nobody is. */
export const sampleResultMails = (about: { readonly exam: string; readonly siteUrl: string }) => {
  const exam = findExam(about.exam)?.name ?? about.exam
  const values = resultMailValues({ name: 'Sample Candidate', exam: exam || 'Sample Exam', siteUrl: about.siteUrl })
  const templates = resultMailTemplates()
  return languages.map((language: Language) => {
    const { subject, text }: RenderedMail = templates[language]
    return { language, subject: filled(subject, values), text: filled(text, values) }
  })
}

const filled = (template: string, values: Readonly<Record<ResultMailVariable, string>> | undefined) =>
  template.replace(/\{\{(\w+)\}\}/g, (variable, name: ResultMailVariable) => values?.[name] ?? variable)
