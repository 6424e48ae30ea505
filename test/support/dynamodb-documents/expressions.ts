/** A place in a document: names and positions in lists, from the top down. */
export type Path = readonly (string | number)[]

/** What an expression says, read once however often it is used. Names may be aliases (`#name`) of an attribute's. */
export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Operand[] }
  | { readonly kind: 'sum'; readonly sign: 1 | -1; readonly left: Operand; readonly right: Operand }

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly by: string; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly left: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly left: Operand; readonly of: readonly Operand[] }
  | { readonly kind: 'test'; readonly name: string; readonly operands: readonly Operand[] }

export interface Change {
  readonly clause: 'SET' | 'REMOVE' | 'ADD' | 'DELETE'
  readonly path: Path
  readonly to?: Operand
}

const word = /\s*([#:]?[A-Za-z_][A-Za-z0-9_-]*|[0-9]+|<=|>=|<>|[=<>(),.[\]+-])/y
const tests = ['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains']
const functions = ['size', 'if_not_exists', 'list_append']
const comparators = ['=', '<>', '<', '<=', '>', '>=']

const split = (text: string): string[] => {
  const words: string[] = []
  word.lastIndex = 0
  while (text.slice(word.lastIndex).trim() !== '') {
    const start = word.lastIndex
    const [, found] = word.exec(text) ?? []
    if (found === undefined) throw new Error(`cannot read '${text.slice(start)}' of the expression '${text}'`)
    words.push(found)
  }
  return words
}

/** An expression's words, read from left to right. */
const reader = (text: string) => {
  const words = split(text)
  let next = 0
  const fail = (expected: string): never => {
    throw new Error(`expected ${expected} at '${words.slice(next).join(' ')}' of the expression '${text}'`)
  }
  const is = (...expected: readonly string[]) => expected.includes(words[next] ?? '')
  const isWord = (expected: string) => words[next]?.toUpperCase() === expected
  const take = (...expected: readonly string[]) => (is(...expected) ? (words[next++] as string) : fail(expected.join()))
  const skip = (expected: string) => is(expected) && next++ >= 0
  const skipWord = (expected: string) => isWord(expected) && next++ >= 0
  const any = () => words[next++] ?? fail('more')
  const list = <Item>(item: () => Item): Item[] => {
    const items = [item()]
    while (skip(',')) items.push(item())
    return items
  }
  const inBrackets = <Inside>(inside: () => Inside): Inside => {
    take('(')
    const found = inside()
    take(')')
    return found
  }

  const path = (): Path => {
    const steps: (string | number)[] = [any()]
    for (;;) {
      if (skip('.')) steps.push(any())
      else if (skip('[')) {
        steps.push(Number(any()))
        take(']')
      } else return steps
    }
  }
  const operand = (): Operand => {
    const name = words[next] ?? ''
    if (functions.includes(name) && words[next + 1] === '(') {
      next++
      return { kind: 'call', name, operands: inBrackets(() => list(operand)) }
    }
    if (!name.startsWith(':')) return { kind: 'path', path: path() }
    next++
    return { kind: 'value', name }
  }
  const sum = (): Operand => {
    let left = operand()
    while (is('+', '-')) left = { kind: 'sum', sign: any() === '+' ? 1 : -1, left, right: operand() }
    return left
  }
  const single = (): Condition => {
    if (skipWord('NOT')) return { kind: 'not', of: single() }
    if (is('(')) return inBrackets(either)
    const name = words[next] ?? ''
    if (tests.includes(name)) {
      next++
      return { kind: 'test', name, operands: inBrackets(() => list(operand)) }
    }
    const left = operand()
    if (skipWord('BETWEEN')) {
      const low = operand()
      if (!skipWord('AND')) fail('AND')
      return { kind: 'between', left, low, high: operand() }
    }
    if (skipWord('IN')) return { kind: 'in', left, of: inBrackets(() => list(operand)) }
    return { kind: 'compare', by: take(...comparators), left, right: operand() }
  }
  const both = (): Condition => {
    const of = [single()]
    while (skipWord('AND')) of.push(single())
    return of.length === 1 ? (of[0] as Condition) : { kind: 'all', of }
  }
  const either = (): Condition => {
    const of = [both()]
    while (skipWord('OR')) of.push(both())
    return of.length === 1 ? (of[0] as Condition) : { kind: 'any', of }
  }
  const clause = (): Change[] => {
    const name = any().toUpperCase()
    switch (name) {
      case 'SET':
        return list(() => {
          const changed = path()
          take('=')
          return { clause: name, path: changed, to: sum() }
        })
      case 'REMOVE':
        return list(() => ({ clause: name, path: path() }))
      case 'ADD':
      case 'DELETE':
        return list(() => ({ clause: name, path: path(), to: operand() }))
      default:
        return fail('SET, REMOVE, ADD or DELETE')
    }
  }
  const whole = <Read>(read: () => Read): Read => {
    const found = read()
    if (next < words.length) fail('the end')
    return found
  }
  return {
    condition: () => whole(either),
    paths: () => whole(() => list(path)),
    changes: () =>
      whole(() => {
        const changes: Change[] = []
        while (next < words.length) changes.push(...clause())
        return changes
      }),
  }
}

const remembering = <Read>(read: (text: string) => Read) => {
  const known = new Map<string, Read>()
  return (text: string): Read => {
    const before = known.get(text)
    if (before !== undefined) return before
    const found = read(text)
    known.set(text, found)
    return found
  }
}

export const readCondition = remembering((text) => reader(text).condition())
export const readChanges = remembering((text) => reader(text).changes())
export const readPaths = remembering((text) => reader(text).paths())
/** Placeholders that an expression names, `#` and `:`. */
export const placeholdersIn = remembering((text): readonly string[] => text.match(/[#:][A-Za-z_0-9]+/g) ?? [])
