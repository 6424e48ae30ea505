import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { type Condition, compileCondition, type Item } from './conditions.ts'
import { compileUpdate, type Update } from './updates.ts'

interface Compiled {
  readonly update: Update
  readonly condition: Condition
  readonly values: readonly string[]
}

/**
 * One table of DynamoDB in memory, for more writes than an engine takes: it reads the adapters' own expressions, and each
 * command is one atomic step. `dynamodb-model.test.ts` holds it to an engine.
 */
export const modelTable = (partitionKey: string) => {
  const items = new Map<string, Item>()
  const keyOf = (key: Item | undefined): string => {
    const text = key?.[partitionKey]?.S
    if (text === undefined) throw new Error(`a key without ${partitionKey}`)
    return text
  }

  const updateItem = (input: UpdateItemCommandInput): { Attributes?: Record<string, AttributeValue> } => {
    const { Key, ExpressionAttributeValues: values = {}, ReturnValues, ReturnValuesOnConditionCheckFailure } = input
    const { update, condition, values: used } = compiled(input)
    if (!used.every((name) => name in values) || used.length !== Object.keys(values).length) {
      throw new Error(`the values given are not those used: ${Object.keys(values).join()} for ${used.join()}`)
    }
    const key = keyOf(Key)
    const old = items.get(key)
    if (!condition(old ?? {}, values)) {
      throw conditionFailed(ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? old : undefined)
    }
    const item = update(old ?? { ...Key }, values)
    items.set(key, item)
    return ReturnValues === 'ALL_NEW' ? { Attributes: { ...item } } : {}
  }

  return {
    /** By partition key. */
    items,
    /** Does what the engine would do for the command at once, and answers or throws the same. */
    execute(command: unknown): object {
      if (command instanceof UpdateItemCommand) return updateItem(command.input)
      if (command instanceof GetItemCommand) return { Item: items.get(keyOf(command.input.Key)) }
      if (command instanceof PutItemCommand && command.input.ConditionExpression === undefined) {
        items.set(keyOf(command.input.Item), { ...command.input.Item })
        return {}
      }
      throw new Error('a command that the model of DynamoDB does not know')
    },
  }
}

export type ModelTable = ReturnType<typeof modelTable>

/** Without a stack trace, which would take most of a simulation's time. */
const conditionFailed = (item: Item | undefined) => {
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

const understood = new Set([
  'TableName',
  'Key',
  'UpdateExpression',
  'ConditionExpression',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnValuesOnConditionCheckFailure',
])

/** By update expression and condition expression. */
const known = new Map<string, Map<string, Compiled>>()

const compiled = (input: UpdateItemCommandInput): Compiled => {
  const { UpdateExpression = '', ConditionExpression = '' } = input
  const before = known.get(UpdateExpression)?.get(ConditionExpression)
  if (before) return before
  const strange = Object.keys(input).find((name) => !understood.has(name))
  if (strange) throw new Error(`the model of DynamoDB does not know ${strange}`)
  const expressions = {
    update: compileUpdate(UpdateExpression),
    condition: ConditionExpression === '' ? () => true : compileCondition(ConditionExpression),
    values: [...new Set(`${UpdateExpression} ${ConditionExpression}`.match(/:\w+/g))],
  }
  const ofThisUpdate = known.get(UpdateExpression) ?? new Map<string, Compiled>()
  known.set(UpdateExpression, ofThisUpdate.set(ConditionExpression, expressions))
  return expressions
}
