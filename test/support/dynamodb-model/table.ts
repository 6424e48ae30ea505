import {
  ConditionalCheckFailedException,
  type PutItemCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { type Condition, compileCondition, type Item, type Values } from './conditions.ts'
import { compileUpdate, type Update } from './updates.ts'

/** A prepared write. */
interface Write {
  /** Whether its condition holds. */
  readonly holds: boolean
  /** The item as it is, if there is one and the writer wants it where the condition fails. */
  readonly seen: Item | undefined
  /** Happens; gives the item as it is then, if the writer wants it. */
  readonly apply: () => Item | undefined
}

interface Compiled {
  readonly update: Update
  readonly condition: Condition
  readonly values: readonly string[]
}

export const modelTable = (partitionKey: string) => {
  const items = new Map<string, Item>()
  const keyOf = (key: Item | undefined): string => {
    const text = key?.[partitionKey]?.S
    if (text === undefined) throw new Error(`a key without ${partitionKey}`)
    return text
  }
  const prepared = (key: string, input: WriteInput, next: (old: Item | undefined) => Item): Write => {
    const { ExpressionAttributeValues: values = {} } = input
    const { condition, values: used } = compiled(input)
    assertUsed(values, used)
    const old = items.get(key)
    return {
      holds: condition(old ?? {}, values),
      seen: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? old : undefined,
      apply: () => {
        const item = next(old)
        items.set(key, item)
        return input.ReturnValues === 'ALL_NEW' ? item : undefined
      },
    }
  }

  return {
    /** By partition key. */
    items,
    get: (key: Item | undefined) => items.get(keyOf(key)),
    update: (input: UpdateItemCommandInput): Write =>
      prepared(keyOf(input.Key), input, (old) =>
        compiled(input).update(old ?? { ...input.Key }, input.ExpressionAttributeValues ?? {}),
      ),
    put: (input: PutItemCommandInput): Write => prepared(keyOf(input.Item), input, () => ({ ...input.Item })),
  }
}

export type ModelTable = ReturnType<typeof modelTable>

/** Without a stack trace, which would take most of a simulation's time. */
export const conditionFailed = (item: Item | undefined) => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    ...(item && { Item: { ...item } }),
  })
  Error.stackTraceLimit = stackTraceLimit
  return error
}

type WriteInput = Partial<UpdateItemCommandInput & PutItemCommandInput>

const assertUsed = (values: Values, used: readonly string[]) => {
  if (!used.every((name) => name in values) || used.length !== Object.keys(values).length) {
    throw new Error(`the values given are not those used: ${Object.keys(values).join()} for ${used.join()}`)
  }
}

const understood = new Set([
  'TableName',
  'Key',
  'Item',
  'UpdateExpression',
  'ConditionExpression',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
])

/** By update expression and condition expression. */
const known = new Map<string, Map<string, Compiled>>()

const compiled = (input: WriteInput): Compiled => {
  const { UpdateExpression = '', ConditionExpression = '' } = input
  const before = known.get(UpdateExpression)?.get(ConditionExpression)
  if (before) return before
  const strange = Object.keys(input).find((name) => !understood.has(name))
  if (strange) throw new Error(`the DynamoDB model does not know ${strange}`)
  const expressions = {
    update: compileUpdate(UpdateExpression),
    condition: ConditionExpression === '' ? () => true : compileCondition(ConditionExpression),
    values: [...new Set(`${UpdateExpression} ${ConditionExpression}`.match(/:\w+/g))],
  }
  const ofThisUpdate = known.get(UpdateExpression) ?? new Map<string, Compiled>()
  known.set(UpdateExpression, ofThisUpdate.set(ConditionExpression, expressions))
  return expressions
}
