/** A text made up for one secret, so that it is found wherever it goes. */
export interface Canary {
  /** What it stands for: `password`, `email` … */
  readonly kind: string
  readonly text: string
}

/** Something that came out of the service, and of which kind it is. */
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

/** How texts are written where they are not plain; each with every spelling that one text may have. */
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

/** Letter case is passed over where it carries nothing: an address or a number is no less one in capitals. */
const keepsCase = new Set(['in base64'])

/** Where canaries are, in whichever form. */
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
