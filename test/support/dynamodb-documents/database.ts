import {
  type AttributeValue,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { TableContract } from '../../../shared/contracts/tables.ts'
import { changed, copyOf, type Document, holds, order, type Placeholders, projected, valueOf } from './documents.ts'
import { type Condition, placeholdersIn, readChanges, readCondition, readPaths } from './expressions.ts'
import { marshalledDocument } from './marshalled.ts'
import { documentTable, keyIn, type Table } from './table.ts'

interface Input extends Placeholders {
  readonly TableName?: string
  readonly Key?: Document
  readonly Item?: Document
  readonly UpdateExpression?: string
  readonly ConditionExpression?: string
  readonly KeyConditionExpression?: string
  readonly FilterExpression?: string
  readonly ProjectionExpression?: string
  readonly ReturnValues?: string
  readonly ReturnValuesOnConditionCheckFailure?: string
  readonly IndexName?: string
  readonly Limit?: number
  readonly ScanIndexForward?: boolean
  readonly ExclusiveStartKey?: Document
  readonly Select?: string
  readonly Keys?: readonly Document[]
}

interface TransactItem {
  readonly Put?: Input
  readonly Update?: Input
  readonly Delete?: Input
  readonly ConditionCheck?: Input
}

/** A prepared write. */
interface Write {
  readonly holds: boolean
  readonly old: Document | undefined
  readonly wantsOld: boolean
  readonly table: Table
  readonly key: Document
  /** The row as it will be; none where it is deleted or only looked at. */
  readonly next: () => Document | undefined
  readonly isRead: boolean
}

/** Rows in one page of a query at most: a megabyte of small ones. */
const pageRows = 2_000
const maxTransactionItems = 100
const maxRowSize = 400_000

/**
 * Every table of the contract in memory. It executes the document client's commands like DynamoDB, each as one atomic
 * step, on unmarshalled values: fast enough for millions of rows. Unsupported commands are refused.
 * `dynamodb-documents.test.ts` compares it with DynamoDB Local.
 */
export const documentDatabase = (
  contracts: Readonly<Record<string, TableContract>>,
  onInsert: (tableName: string, row: Document) => void = () => {},
) => {
  const tables = new Map(Object.entries(contracts).map(([name, contract]) => [name, documentTable(contract)]))
  const find = (name: string | undefined): Table => {
    const found = tables.get(name ?? '')
    if (!found) throw new Error(`there is no table ${name}`)
    return found
  }
  const named = new Map([...tables].map(([name, table]) => [table, name]))

  const prepared = (input: Input, key: Document, next: (old: Document | undefined) => Document | undefined): Write => {
    assertUsed(input)
    const table = find(input.TableName)
    const old = table.get(key)
    const { ConditionExpression } = input
    return {
      holds: ConditionExpression === undefined || holds(readCondition(ConditionExpression), old ?? {}, input),
      old,
      wantsOld: input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD',
      table,
      key,
      next: () => next(old),
      isRead: false,
    }
  }
  const writes = {
    Put: (input: Input) => prepared(input, input.Item ?? {}, () => copyOf(input.Item)),
    Update: (input: Input) =>
      prepared(input, input.Key ?? {}, (old) =>
        changed(old ?? { ...input.Key }, readChanges(input.UpdateExpression ?? ''), input),
      ),
    Delete: (input: Input) => prepared(input, input.Key ?? {}, () => undefined),
    ConditionCheck: (input: Input) => ({ ...prepared(input, input.Key ?? {}, () => undefined), isRead: true }),
  }
  const apply = (write: Write): Document | undefined => {
    if (write.isRead) return undefined
    const row = write.next()
    if (row === undefined) write.table.delete(write.key)
    else {
      if (JSON.stringify(row).length > maxRowSize) throw new Error('Item size has exceeded the maximum allowed size')
      write.table.put(row)
      if (!write.old) onInsert(named.get(write.table) ?? '', row)
    }
    return row
  }
  const alone = (write: Write, { ReturnValues }: Input) => {
    if (!write.holds) throw conditionFailed(write)
    const row = apply(write)
    if (ReturnValues === 'ALL_NEW') return { Attributes: copyOf(row) }
    return ReturnValues === 'ALL_OLD' ? { Attributes: copyOf(write.old) } : {}
  }

  /** The SDK gives each transaction a token; DynamoDB does it once, however often it is sent. */
  const done = new WeakSet<object>()

  const transact = ({ TransactItems = [] }: { TransactItems?: readonly TransactItem[] }, sending: object): object => {
    if (done.has(sending)) return {}
    if (TransactItems.length > maxTransactionItems) throw new Error('a transaction has 100 items at most')
    const all = TransactItems.map((item) => {
      const [[kind, input] = []] = Object.entries(item) as [keyof typeof writes, Input][]
      if (!kind || !input) throw new Error('an empty item of a transaction')
      return writes[kind](input)
    })
    if (
      new Set(all.map(({ table, key }) => `${named.get(table)} ${JSON.stringify(keyIn(table, key))}`)).size < all.length
    )
      throw new Error('Transaction request cannot include multiple operations on one item')
    if (all.every((write) => write.holds)) {
      for (const write of all) apply(write)
      done.add(sending)
      return {}
    }
    throw new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: {},
      CancellationReasons: all.map((write) =>
        write.holds ? { Code: 'None' } : { Code: 'ConditionalCheckFailed', ...shownOld(write) },
      ),
    })
  }

  const shown = (row: Document, input: Input): Document =>
    input.ProjectionExpression === undefined
      ? copyOf(row)
      : projected(row, readPaths(input.ProjectionExpression), input)

  const page = (
    rows: readonly Document[],
    from: number,
    input: Input,
    isWanted: (row: Document) => boolean | 'end',
  ) => {
    const Items: Document[] = []
    const filter = input.FilterExpression === undefined ? undefined : readCondition(input.FilterExpression)
    const limit = Math.min(input.Limit ?? pageRows, pageRows)
    let seen = 0
    for (let at = from; at < rows.length; at++) {
      const row = rows[at] as Document
      const wanted = isWanted(row)
      if (wanted === 'end') break
      if (!wanted) continue
      if (!filter || holds(filter, row, input)) Items.push(shown(row, input))
      // A page that is full ends there, whether or not anything follows.
      if (++seen === limit) return { Items, Count: Items.length, LastEvaluatedKey: row }
    }
    return { Items, Count: Items.length }
  }

  const query = (input: Input) => {
    assertUsed(input)
    const table = find(input.TableName)
    const keys = table.keysOf(input.IndexName)
    const condition = readCondition(input.KeyConditionExpression ?? '')
    const conditions = condition.kind === 'all' ? condition.of : [condition]
    const isOn = (name: string | undefined) => (one: Condition) => {
      const operand = 'left' in one ? one.left : one.kind === 'test' ? one.operands[0] : undefined
      return operand?.kind === 'path' && resolved(operand.path[0], input) === name
    }
    const ofPartition = conditions.find(isOn(keys.partitionKey))
    if (ofPartition?.kind !== 'compare' || ofPartition.by !== '=') throw new Error('a query without its partition key')
    const ofSort = conditions.find((one) => one !== ofPartition)
    if (ofSort && !isOn(keys.sortKey)(ofSort)) throw new Error('a query by what is no key')
    const rows = table.partition(input.IndexName, valueOf(ofPartition.right, {}, input)).rows()
    const ordered = input.ScanIndexForward === false ? rows.toReversed() : rows
    const from = startOf(ordered, input, keys.sortKey, ofSort)
    // Conditions on a sort key are an interval: behind its end nothing is found any more.
    let isInside = false
    return page(ordered, from, input, (row) => {
      const isWanted = ofSort === undefined || holds(ofSort, row, input)
      if (!isWanted && isInside) return 'end'
      isInside = isWanted
      return isWanted
    })
  }

  const startOf = (
    rows: readonly Document[],
    input: Input,
    sortKey: string | undefined,
    ofSort: Condition | undefined,
  ) => {
    if (input.ExclusiveStartKey) {
      const key = JSON.stringify(input.ExclusiveStartKey)
      const { IndexName, TableName } = input
      const table = find(TableName)
      return rows.findIndex((row) => JSON.stringify(lastKey(table, IndexName, row)) === key) + 1
    }
    if (!ofSort || !sortKey || input.ScanIndexForward === false) return 0
    const least = leastOf(ofSort, input)
    if (least === undefined) return 0
    let [low, high] = [0, rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((order(rows[middle]?.[sortKey], least) ?? 0) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  const lastKey = (table: Table, index: string | undefined, row: Document) => {
    const keys = table.keysOf(index)
    return {
      ...keyIn(table, row),
      [keys.partitionKey]: row[keys.partitionKey],
      ...(keys.sortKey && { [keys.sortKey]: row[keys.sortKey] }),
    }
  }

  const paged = (
    input: Input,
    found: { Items: Document[]; Count: number; LastEvaluatedKey?: Document | undefined },
  ) => {
    const { Items, Count, LastEvaluatedKey } = found
    return {
      ...(input.Select === 'COUNT' ? { Count } : { Items, Count }),
      ...(LastEvaluatedKey && { LastEvaluatedKey: lastKey(find(input.TableName), input.IndexName, LastEvaluatedKey) }),
    }
  }

  const scan = (input: Input) => {
    assertUsed(input)
    const rows = [...find(input.TableName).all()]
    return page(rows, startOf(rows, input, undefined, undefined), input, () => true)
  }

  const batchGet = ({ RequestItems = {} }: { RequestItems?: Readonly<Record<string, Input>> }) => {
    if (Object.values(RequestItems).reduce((sum, { Keys = [] }) => sum + Keys.length, 0) > 100) {
      throw new Error('Too many items requested for the BatchGetItem call')
    }
    const Responses = Object.fromEntries(
      Object.entries(RequestItems).map(([name, input]) => [
        name,
        (input.Keys ?? []).flatMap((key) => {
          const row = find(name).get(key)
          return row ? [shown(row, input)] : []
        }),
      ]),
    )
    return { Responses, UnprocessedKeys: {} }
  }

  const batchWrite = ({
    RequestItems = {},
  }: {
    RequestItems?: Readonly<Record<string, readonly BatchWriteItem[]>>
  }) => {
    const all = Object.entries(RequestItems).flatMap(([TableName, items]) => items.map((item) => ({ TableName, item })))
    if (all.length > 25) throw new Error('a batch has 25 writes at most')
    for (const { TableName, item } of all) {
      if (item.PutRequest) apply(writes.Put({ TableName, Item: item.PutRequest.Item }))
      if (item.DeleteRequest) apply(writes.Delete({ TableName, Key: item.DeleteRequest.Key }))
    }
    return { UnprocessedItems: {} }
  }

  const operations: Readonly<Record<string, (input: never, sending: object) => object>> = {
    GetCommand: (input: Input) => {
      const row = find(input.TableName).get(input.Key ?? {})
      return row ? { Item: shown(row, input) } : {}
    },
    PutCommand: (input: Input) => alone(writes.Put(input), input),
    UpdateCommand: (input: Input) => alone(writes.Update(input), input),
    DeleteCommand: (input: Input) => alone(writes.Delete(input), input),
    QueryCommand: (input: Input) => paged(input, query(input)),
    ScanCommand: (input: Input) => paged(input, scan(input)),
    BatchGetCommand: batchGet,
    BatchWriteCommand: batchWrite,
    TransactWriteCommand: transact,
    TransactGetCommand: ({ TransactItems = [] }: { TransactItems?: readonly { Get: Input }[] }) => ({
      Responses: TransactItems.map(({ Get }) => {
        const row = find(Get.TableName).get(Get.Key ?? {})
        return row ? { Item: shown(row, Get) } : {}
      }),
    }),
  }

  /** Executes the command immediately. SDK retries have the same `sending`. */
  const execute = (operation: string, input: unknown, sending: object = {}): object => {
    const run = operations[operation]
    if (!run) throw new Error(`the tables in memory do not know ${operation}`)
    return run(input as never, sending)
  }

  return {
    table: (name: string) => find(name),
    execute,
    /** A document client that responds immediately. */
    client: () => clientOf(async (command) => execute(command.constructor.name, command.input)),
  }
}

interface BatchWriteItem {
  readonly PutRequest?: { readonly Item: Document }
  readonly DeleteRequest?: { readonly Key: Document }
}

/** What the SDK's paginators take for a document client. */
export const clientOf = (send: (command: { readonly input: unknown }) => Promise<object>): DynamoDBDocumentClient =>
  Object.assign(Object.create(DynamoDBDocumentClient.prototype) as DynamoDBDocumentClient, { send })

const resolved = (step: unknown, { ExpressionAttributeNames: names }: Placeholders) =>
  typeof step === 'string' && step.startsWith('#') ? names?.[step] : step

/** The least sort key that a condition lets pass. */
const leastOf = (condition: Condition, input: Input): unknown => {
  if (condition.kind === 'between') return valueOf(condition.low, {}, input)
  if (condition.kind === 'test' && condition.operands[1]) return valueOf(condition.operands[1], {}, input)
  return condition.kind === 'compare' && ['=', '>', '>='].includes(condition.by)
    ? valueOf(condition.right, {}, input)
    : undefined
}

/** DynamoDB refuses placeholders that are defined and unused, or used and undefined. */
const assertUsed = (input: Input) => {
  const expressions = [
    input.UpdateExpression,
    input.ConditionExpression,
    input.KeyConditionExpression,
    input.FilterExpression,
    input.ProjectionExpression,
  ]
  const used = new Set(expressions.flatMap((text) => (text === undefined ? [] : placeholdersIn(text))))
  const given = [
    ...Object.keys(input.ExpressionAttributeNames ?? {}),
    ...Object.keys(input.ExpressionAttributeValues ?? {}),
  ]
  if (given.length !== used.size || !given.every((name) => used.has(name))) {
    throw new Error(`given are ${given.join()}, used are ${[...used].join()}`)
  }
}

const shownOld = ({ old, wantsOld }: Write): { Item?: Record<string, AttributeValue> } =>
  wantsOld && old ? { Item: marshalledDocument(old) } : {}

/** Without a stack trace, which would take most of a simulation's time. */
const conditionFailed = (write: Write) => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    ...shownOld(write),
  })
  Error.stackTraceLimit = stackTraceLimit
  return error
}
