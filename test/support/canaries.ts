/** A unique text for one secret, which can be found wherever it leaks. */
export interface Canary {
  /** What it stands for: `password`, `email` … */
  readonly kind: string
  readonly text: string
}

/** An output of the service, with its kind. */
export interface Place {
  readonly name: string
  readonly text: string
}

export interface Hit {
  readonly canary: Canary
  readonly form: string
  readonly place: string
}

type Form = (text: string) => readonly string[]

/** Encodings of a text, each with all its possible spellings. */
const forms: Readonly<Record<string, Form>> = {
  plain: (text) => [text],
  'in a URL': (text) => [
    encodeURIComponent(text),
    encodeURI(text),
    new URLSearchParams({ '': text }).toString().slice(1),
  ],
  'in JSON': (text) => {
    const once = inJson(text)
    return [once, inJson(once), asciiJson(text), inJson(asciiJson(text))]
  },
  'in HTML': (text) => [
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ],
  'in base64': (text) => inBase64(text).flatMap((part) => [part, part.replaceAll('+', '-').replaceAll('/', '_')]),
  'in hexadecimal': (text) => [Buffer.from(text).toString('hex')],
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

const asciiJson = (text: string): string =>
  inJson(text).replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The letters that do not depend on what stands around the text, for each of the three places where it may begin. */
const inBase64 = (text: string): string[] =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    const first = Math.ceil((before * 8) / 6)
    const whole = Math.floor((bytes.length * 8) / 6)
    return bytes.toString('base64').slice(first, whole)
  })

/** Case is ignored for values that are the same in capitals, such as addresses and numbers. */
const keepsCase = new Set(['in base64'])

/** Finds canaries in any encoding. */
export const findCanaries = (canaries: readonly Canary[], places: readonly Place[]): Hit[] => {
  const wanted = canaries.flatMap((canary) =>
    Object.entries(forms).map(([form, spell]) => ({ canary, form, spellings: spell(canary.text) })),
  )
  return places.flatMap(({ name, text }) => {
    const lowerCased = text.toLowerCase()
    const isIn = (form: string) => (spelling: string) =>
      keepsCase.has(form) ? text.includes(spelling) : lowerCased.includes(spelling.toLowerCase())
    return wanted
      .filter(({ form, spellings }) => spellings.some(isIn(form)))
      .map(({ canary, form }) => ({ canary, form, place: name }))
  })
}
