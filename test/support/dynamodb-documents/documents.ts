import type { Change, Condition, Operand, Path } from './expressions.ts'

/** An item as used by the document client. */
export type Document = Record<string, unknown>

/** Placeholders of a command's expressions. */
export interface Placeholders {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined
}

const isContainer = (value: unknown): value is Document | unknown[] =>
  typeof value === 'object' && value !== null && !(value instanceof Set) && !ArrayBuffer.isView(value)

/** A deep copy without undefined values, as the document client sends it. */
export const copyOf = <Value>(value: Value): Value => {
  if (Array.isArray(value)) return value.map(copyOf) as Value
  if (value instanceof Set) return new Set(value) as Value
  if (!isContainer(value)) return value
  const copy: Document = {}
  for (const name of Object.keys(value)) {
    const member = (value as Document)[name]
    if (member !== undefined) copy[name] = copyOf(member)
  }
  return copy as Value
}

const nameOf = (step: string | number, { ExpressionAttributeNames: names }: Placeholders): string | number => {
  if (typeof step === 'number' || !step.startsWith('#')) return step
  const name = names?.[step]
  if (name === undefined) throw new Error(`no attribute is given for ${step}`)
  return name
}

const at = (item: unknown, path: Path, given: Placeholders): unknown => {
  let value = item
  for (const step of path) {
    if (!isContainer(value)) return undefined
    value = (value as Document)[nameOf(step, given)]
  }
  return value
}

export const valueOf = (operand: Operand, item: unknown, given: Placeholders): unknown => {
  switch (operand.kind) {
    case 'path':
      return at(item, operand.path, given)
    case 'value': {
      const value = given.ExpressionAttributeValues?.[operand.name]
      if (value === undefined) throw new Error(`no value is given for ${operand.name}`)
      return value
    }
    case 'sum':
      return number(valueOf(operand.left, item, given)) + operand.sign * number(valueOf(operand.right, item, given))
    case 'call':
      return called(operand, item, given)
  }
}

const called = ({ name, operands }: Extract<Operand, { kind: 'call' }>, item: unknown, given: Placeholders) => {
  const [first, second] = operands.map((operand) => valueOf(operand, item, given))
  switch (name) {
    case 'size':
      return sizeOf(first)
    case 'if_not_exists':
      return first === undefined ? second : first
    default:
      if (!Array.isArray(first) || !Array.isArray(second)) throw new Error('list_append wants two lists')
      return [...(first as unknown[]), ...(second as unknown[])]
  }
}

const sizeOf = (value: unknown): number | undefined => {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (value instanceof Set) return value.size
  if (ArrayBuffer.isView(value)) return value.byteLength
  return isContainer(value) ? Object.keys(value).length : undefined
}

const number = (value: unknown): number => {
  if (typeof value !== 'number') throw new Error(`a number is wanted, not ${JSON.stringify(value)}`)
  return value
}

const isEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((member) => b.has(member))
  return isContainer(a) && isContainer(b) && JSON.stringify(a) === JSON.stringify(b)
}

/** Negative, zero or positive as for sorting; undefined where the two can't be compared. */
export const order = (a: unknown, b: unknown): number | undefined => {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a !== 'string' || typeof b !== 'string') return undefined
  return a === b ? 0 : a < b ? -1 : 1
}

const compares = (by: string, a: unknown, b: unknown): boolean => {
  // What is absent differs from everything.
  if (by === '<>') return !isEqual(a, b)
  if (a === undefined || b === undefined) return false
  if (by === '=') return isEqual(a, b)
  const relation = order(a, b)
  if (relation === undefined) return false
  return by === '<' ? relation < 0 : by === '<=' ? relation <= 0 : by === '>' ? relation > 0 : relation >= 0
}

const passes = (name: string, [first, second]: readonly unknown[]): boolean => {
  switch (name) {
    case 'attribute_exists':
      return first !== undefined
    case 'attribute_not_exists':
      return first === undefined
    case 'begins_with':
      return typeof first === 'string' && first.startsWith(String(second))
    case 'contains':
      if (first instanceof Set) return first.has(second)
      if (Array.isArray(first)) return first.some((member) => isEqual(member, second))
      return typeof first === 'string' && first.includes(String(second))
    default:
      throw new Error(`${name} is not known here`)
  }
}

/** What DynamoDB's conditions mean: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html */
export const holds = (condition: Condition, item: unknown, given: Placeholders): boolean => {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((one) => holds(one, item, given))
    case 'any':
      return condition.of.some((one) => holds(one, item, given))
    case 'not':
      return !holds(condition.of, item, given)
    case 'compare':
      return compares(condition.by, valueOf(condition.left, item, given), valueOf(condition.right, item, given))
    case 'between': {
      const value = valueOf(condition.left, item, given)
      const [low, high] = [valueOf(condition.low, item, given), valueOf(condition.high, item, given)]
      return compares('>=', value, low) && compares('<=', value, high)
    }
    case 'in': {
      const value = valueOf(condition.left, item, given)
      return condition.of.some((one) => compares('=', value, valueOf(one, item, given)))
    }
    case 'test':
      return passes(
        condition.name,
        condition.operands.map((operand) => valueOf(operand, item, given)),
      )
  }
}

/** The item after all changes, each of what it was before. */
export const changed = (item: Document, changes: readonly Change[], given: Placeholders): Document => {
  const next = copyOf(item)
  // Positions of lists are those before the update, so what is removed goes last and from behind.
  const removals: (() => void)[] = []
  for (const { clause, path, to } of changes) {
    const parent = at(next, path.slice(0, -1), given)
    const last = nameOf(path.at(-1) as string | number, given)
    if (!isContainer(parent))
      throw new Error('The document path provided in the update expression is invalid for update')
    const given_ = to && copyOf(valueOf(to, item, given))
    if (clause === 'SET') {
      if (given_ === undefined) throw new Error('an update refers to an attribute that the item does not have')
      ;(parent as Document)[last] = given_
    } else if (clause === 'REMOVE') {
      removals.unshift(() => {
        if (Array.isArray(parent)) parent.splice(last as number, 1)
        else delete parent[last]
      })
    } else put(parent as Document, last, combined(clause, (parent as Document)[last], given_))
  }
  for (const remove of removals) remove()
  return next
}

const put = (parent: Document, name: string | number, value: unknown) => {
  if (value === undefined) delete parent[name]
  else parent[name] = value
}

const combined = (clause: 'ADD' | 'DELETE', old: unknown, value: unknown): unknown => {
  if (clause === 'ADD' && typeof value === 'number') return number(old ?? 0) + value
  if (!(value instanceof Set) || !(old === undefined || old instanceof Set)) throw new Error(`${clause} wants sets`)
  if (clause === 'ADD') return new Set([...(old ?? []), ...value])
  const left = [...(old ?? [])].filter((member) => !value.has(member))
  return left.length > 0 ? new Set(left) : undefined
}

/** The item with nothing but these attributes. */
export const projected = (item: Document, paths: readonly Path[], given: Placeholders): Document => {
  const shown: Document = {}
  for (const path of paths) {
    if (path.length > 1) throw new Error('projections of nested attributes are not known here')
    const name = nameOf(path[0] as string, given)
    const value = item[name]
    if (value !== undefined) shown[name] = copyOf(value)
  }
  return shown
}
