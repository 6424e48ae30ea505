/** A pattern in which `*` matches any characters and `?` one character, as in IAM policies. */
export interface Wildcard {
  readonly text: string
  matches(value: string): boolean
}

/** IAM compares actions case-insensitively and everything else case-sensitively. */
export const wildcard = (text: string, { ignoreCase = false } = {}): Wildcard => {
  const source = text
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const pattern = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's')
  return { text, matches: (value) => pattern.test(value) }
}
