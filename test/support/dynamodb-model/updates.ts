import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Item, Values } from './conditions.ts'
import { type Tokens, tokensOf } from './tokens.ts'

/** The item after an update of what it was before; the old one stays as it is. */
export type Update = (item: Item, values: Values) => Item

interface Change {
  readonly name: string
  /** The attribute's new value; none where it is removed. */
  readonly to: (old: AttributeValue | undefined, values: Values) => AttributeValue | undefined
}

/**
 * What DynamoDB's update expressions mean, as far as this service's own conditional writes go; refuses what it doesn't know.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export const compileUpdate = (text: string): Update => {
  const changes = changesOf(tokensOf(text))
  const names = changes.map(({ name }) => name)
  if (new Set(names).size < names.length) throw new Error(`two changes of one attribute overlap in '${text}'`)
  return (item, values) => {
    const next: Record<string, AttributeValue> = { ...item }
    for (const { name, to } of changes) {
      const value = to(item[name], values)
      if (value === undefined) delete next[name]
      else next[name] = value
    }
    return next
  }
}

const changesOf = (tokens: Tokens): Change[] => {
  const changes: Change[] = []
  const clauses = new Set<string>()
  while (!tokens.isAtEnd()) {
    const clause = tokens.take('SET', 'REMOVE', 'ADD', 'DELETE')
    if (clauses.has(clause)) throw new Error(`an update has two ${clause} clauses`)
    clauses.add(clause)
    do changes.push(changeOf(clause, tokens))
    while (tokens.skip(','))
  }
  return changes
}

const changeOf = (clause: string, tokens: Tokens): Change => {
  const name = tokens.name()
  if (clause === 'REMOVE') return { name, to: () => undefined }
  if (clause === 'SET') tokens.take('=')
  const key = tokens.value()
  if (clause === 'SET') return { name, to: (_old, values) => values[key] }
  if (clause === 'ADD') return { name, to: (old, values) => sum(old, values[key]) }
  return { name, to: (old, values) => difference(old, values[key]) }
}

const sum = (old: AttributeValue | undefined, added: AttributeValue | undefined): AttributeValue => {
  if (added?.SS && (!old || old.SS)) return { SS: [...new Set([...(old?.SS ?? []), ...added.SS])] }
  if (added?.N !== undefined && (!old || old.N !== undefined))
    return { N: String(Number(old?.N ?? 0) + Number(added.N)) }
  throw new Error('ADD wants numbers or sets of one type')
}

/** A set has at least one member: the attribute goes with its last. */
const difference = (
  old: AttributeValue | undefined,
  removed: AttributeValue | undefined,
): AttributeValue | undefined => {
  if (!removed?.SS || (old && !old.SS)) throw new Error('DELETE wants sets of one type')
  const left = old?.SS?.filter((text) => !removed.SS?.includes(text)) ?? []
  return left.length > 0 ? { SS: left } : undefined
}
