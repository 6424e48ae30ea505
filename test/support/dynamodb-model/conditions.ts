import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { type Tokens, tokensOf } from './tokens.ts'

export type Item = Readonly<Record<string, AttributeValue>>
export type Values = Readonly<Record<string, AttributeValue>>
export type Condition = (item: Item, values: Values) => boolean

/** An operand; undefined where an attribute is absent, which every comparison answers with no. */
type Operand = (item: Item, values: Values) => AttributeValue | undefined

/**
 * What DynamoDB's condition expressions mean, as far as this service's own conditional writes go; refuses what it doesn't know.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export const compileCondition = (text: string): Condition => {
  const tokens = tokensOf(text)
  const condition = either(tokens)
  tokens.end()
  return condition
}

const either = (tokens: Tokens): Condition => {
  const conditions = [both(tokens)]
  while (tokens.skip('OR')) conditions.push(both(tokens))
  return conditions.length === 1
    ? (conditions[0] as Condition)
    : (item, values) => conditions.some((one) => one(item, values))
}

const both = (tokens: Tokens): Condition => {
  const conditions = [single(tokens)]
  while (tokens.skip('AND')) conditions.push(single(tokens))
  return conditions.length === 1
    ? (conditions[0] as Condition)
    : (item, values) => conditions.every((one) => one(item, values))
}

const single = (tokens: Tokens): Condition => {
  if (tokens.skip('NOT')) {
    const condition = single(tokens)
    return (item, values) => !condition(item, values)
  }
  if (tokens.skip('(')) {
    const condition = either(tokens)
    tokens.take(')')
    return condition
  }
  if (tokens.skip('attribute_not_exists')) {
    const name = inBrackets(tokens, () => tokens.name())
    return (item) => item[name] === undefined
  }
  if (tokens.skip('attribute_exists')) {
    const name = inBrackets(tokens, () => tokens.name())
    return (item) => item[name] !== undefined
  }
  if (tokens.skip('contains')) {
    const [name, value] = inBrackets(tokens, () => [tokens.name(), (tokens.take(','), tokens.value())] as const)
    return (item, values) => item[name]?.SS?.includes(values[value]?.S ?? '') ?? false
  }
  return comparison(tokens)
}

const comparison = (tokens: Tokens): Condition => {
  const left = operand(tokens)
  const operator = tokens.take('=', '<', '<=', '>', '>=')
  const right = operand(tokens)
  return (item, values) => {
    const [a, b] = [left(item, values), right(item, values)]
    if (a === undefined || b === undefined) return false
    if (operator === '=') return isEqual(a, b)
    const [x, y] = [Number(a.N), Number(b.N)]
    if (a.N === undefined || b.N === undefined) return false
    return operator === '<' ? x < y : operator === '<=' ? x <= y : operator === '>' ? x > y : x >= y
  }
}

const operand = (tokens: Tokens): Operand => {
  if (tokens.isValue()) {
    const value = tokens.value()
    return (_item, values) => values[value]
  }
  if (tokens.skip('size')) {
    const name = inBrackets(tokens, () => tokens.name())
    return (item) => (item[name]?.SS ? { N: String(item[name].SS.length) } : undefined)
  }
  const name = tokens.name()
  return (item) => item[name]
}

const inBrackets = <Inside>(tokens: Tokens, inside: () => Inside): Inside => {
  tokens.take('(')
  const found = inside()
  tokens.take(')')
  return found
}

const isEqual = (a: AttributeValue, b: AttributeValue): boolean => {
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) === Number(b.N)
  if (a.SS && b.SS) return a.SS.length === b.SS.length && a.SS.every((text) => b.SS?.includes(text))
  return a.S !== undefined && a.S === b.S
}
