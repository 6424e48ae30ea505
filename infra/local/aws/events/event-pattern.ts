import { StartUpError } from '../../start-up-error.ts'

/** Whether an event, or a part of one, matches. `undefined` is an absent part. */
export type Matches = (value: unknown) => boolean

/**
 * Compiles an EventBridge event pattern (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html).
 * Throws StartUpError, naming it, on an unsupported operator.
 */
export const compilePattern = (pattern: unknown, source: string): Matches => {
  if (!isObject(pattern)) throw new StartUpError(`${source}: an event pattern is an object`)
  const fields = Object.entries(pattern).map(([name, part]) => {
    if (name.startsWith('$'))
      throw new StartUpError(`${source}: the local run does not support the pattern operator ${name}`)
    return [name, Array.isArray(part) ? compileLeaf(part, source) : compilePattern(part, source)] as const
  })
  const matchesObject: Matches = (value) =>
    fields.every(([name, matches]) => matches(isObject(value) ? value[name] : undefined))
  // A list of objects matches if one of them does.
  return (value) => (Array.isArray(value) ? value.some(matchesObject) : matchesObject(value))
}

const compileLeaf = (alternatives: readonly unknown[], source: string): Matches => {
  const tests = alternatives.map((alternative) => compileAlternative(alternative, source))
  return (value) => tests.some((test) => test(value))
}

const compileAlternative = (alternative: unknown, source: string): Matches => {
  if (!isObject(alternative)) return onElements((value) => value === alternative)
  const [operator = '', operand] = Object.entries(alternative)[0] ?? []
  switch (operator) {
    case 'exists':
      return (value) => (value !== undefined) === operand
    case 'prefix':
      return onElements(textTest(operand, operator, source, (text, part) => text.startsWith(part)))
    case 'suffix':
      return onElements(textTest(operand, operator, source, (text, part) => text.endsWith(part)))
    case 'equals-ignore-case':
      return onElements(textTest(operand, operator, source, (text, part) => text.toLowerCase() === part.toLowerCase()))
    case 'anything-but':
      return onElements(anythingBut(operand, source))
    case 'numeric':
      return onElements(numericTest(operand as readonly (string | number)[], source))
    default:
      throw new StartUpError(`${source}: the local run does not support the pattern operator ${operator}`)
  }
}

/** A list of values matches if one of them does. */
const onElements =
  (test: Matches): Matches =>
  (value) =>
    value !== undefined && (Array.isArray(value) ? value.some(test) : test(value))

const textTest = (
  operand: unknown,
  operator: string,
  source: string,
  fits: (text: string, part: string) => boolean,
): Matches => {
  if (typeof operand !== 'string') {
    throw new StartUpError(
      `${source}: the local run knows ${operator} only with a text, not ${JSON.stringify(operand)}`,
    )
  }
  return (value) => typeof value === 'string' && fits(value, operand)
}

const anythingBut = (operand: unknown, source: string): Matches => {
  const excluded = isObject(operand) ? compileAlternative(operand, source) : compileLeaf([operand].flat(), source)
  return (value) => !excluded(value)
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
}

const numericTest = (operand: readonly (string | number)[], source: string): Matches => {
  const tests = operand.flatMap((symbol, index) => {
    if (index % 2 === 1) return []
    const compare = comparisons[symbol]
    if (!compare) throw new StartUpError(`${source}: the local run does not support the comparison ${symbol}`)
    return [(value: number) => compare(value, Number(operand[index + 1]))]
  })
  return (value) => typeof value === 'number' && tests.every((test) => test(value))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
