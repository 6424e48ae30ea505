import type { Mail } from '../local-service.ts'

/** The distinct texts that functions have logged, except ids and instants. */
export const loggedTexts = (output: string): Set<string> => {
  const texts = new Set<string>()
  for (const [, json = ''] of output.matchAll(/^\[[a-z-]+\/[a-z-]+\] (.*)$/gm)) gather(parsed(json), texts)
  return texts
}

/** A line that is not JSON is used as it is. */
const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return line
  }
}

const gather = (value: unknown, texts: Set<string>): void => {
  if (typeof value === 'string') texts.add(value)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (name !== 'timestamp' && name !== 'requestId') gather(inner, texts)
    }
  }
}

/** Shorter texts occur anywhere by chance, and plain words occur in the service's own sentences. */
const isTelling = (text: string): boolean => text.trim().length >= 6 && !/^[a-z]+$/.test(text)

/** The strings that occur in any of the texts, as they are, JSON-escaped or URL-encoded. */
export const traces = (strings: readonly string[], texts: Iterable<string>): string[] => {
  const all = [...texts].join('\n')
  return strings.filter(isTelling).filter((text) => spellings(text).some((spelling) => all.includes(spelling)))
}

const spellings = (text: string): string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text.toWellFormed()),
]

/** The recipient of a mail, and the name that it may use in the greeting. */
export interface MailRecipient {
  readonly email: string
  readonly name: string
}

/** The problems of a mail to this recipient, as sentences. */
export const mailFaults = ({ to, subject, html, text, headers }: Mail, { email, name }: MailRecipient): string[] => {
  const lines = [subject, to, ...Object.entries(headers).flat()]
  return [
    ...(to === email ? [] : [`it goes to ${to}`]),
    ...([name, email].filter(isTelling).some((own) => subject.includes(own)) ? [`its subject is ${subject}`] : []),
    ...(lines.some((line) => /[\r\n]/.test(line)) ? ['a header breaks its line'] : []),
    ...(/[<>"]/.test(name) && isTelling(name) && html.includes(name) ? [`the page holds ${name} as it is`] : []),
    ...(text.includes(name) ? [] : [`the text does not hold ${name} as it is: ${text.slice(0, 200)}`]),
  ]
}
