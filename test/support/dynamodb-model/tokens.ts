/** An expression's words, read from left to right. */
export interface Tokens {
  /** The next word, which must be one of these. */
  take(...words: string[]): string
  /** Takes the next word if it is this one. */
  skip(word: string): boolean
  /** The name of an attribute. */
  name(): string
  isValue(): boolean
  /** The name of a value, with its colon. */
  value(): string
  isAtEnd(): boolean
  end(): void
}

const word = /\s*([A-Za-z][A-Za-z0-9_]*|:[A-Za-z0-9_]+|<=|>=|<>|[=<>(),])/y

export const tokensOf = (text: string): Tokens => {
  const words = split(text)
  let next = 0
  const fail = (expected: string): never => {
    throw new Error(`the DynamoDB model expects ${expected} at '${words.slice(next).join(' ')}' in '${text}'`)
  }
  const takeIf = (matches: boolean, expected: string): string => (matches ? (words[next++] as string) : fail(expected))
  return {
    take: (...expected) => takeIf(expected.includes(words[next] ?? ''), expected.join(' or ')),
    skip: (expected) => words[next] === expected && next++ >= 0,
    name: () => takeIf(/^[A-Za-z]/.test(words[next] ?? ''), 'an attribute'),
    isValue: () => words[next]?.startsWith(':') ?? false,
    value: () => takeIf(words[next]?.startsWith(':') ?? false, 'a value'),
    isAtEnd: () => next === words.length,
    end: () => void (next === words.length || fail('the end')),
  }
}

const split = (text: string): string[] => {
  const words: string[] = []
  word.lastIndex = 0
  while (text.slice(word.lastIndex).trim() !== '') {
    const start = word.lastIndex
    const [, found] = word.exec(text) ?? []
    if (found === undefined) throw new Error(`the DynamoDB model cannot read '${text.slice(start)}'`)
    words.push(found)
  }
  return words
}
