/** Text in which `*` stands for any characters and `?` for one, as in IAM policies. */
export interface Wildcard {
  readonly text: string
  matches(value: string): boolean
}

/** IAM compares actions without regard to case, everything else with it. */
export const wildcard = (text: string, { ignoreCase = false } = {}): Wildcard => {
  const source = text
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const pattern = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's')
  return { text, matches: (value) => pattern.test(value) }
}
