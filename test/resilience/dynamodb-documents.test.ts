import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { tables as contracts, type TableContract } from '../../shared/contracts/tables.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { documentDatabase } from '../support/dynamodb-documents/database.ts'
import { firstSeed } from '../support/simulation/seed.ts'
import { type Random, seededRandom } from '../support/simulation/seeded-random.ts'

/** The mail tests run their adapters on in-memory tables, so these must return and store the same as DynamoDB Local. */
let tables: TestTables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables?.stop())

type Command = { readonly input: object }

/** Few distinct keys, so that conditions fail and results have several pages. */
const scope = (random: Random) => `release#${random.below(2)}`
const item = (random: Random) => `batch#${String(random.below(8)).padStart(6, '0')}-en-00`
const delivery = (random: Random) => ({
  idNumber: `ID${random.below(9)}`,
  state: random.chance(0.5) ? 'pending' : 'sent',
})
const row = (random: Random) => ({
  scope: scope(random),
  item: item(random),
  revision: random.below(3),
  ...(random.chance(0.5) && { attempt: `attempt ${random.below(3)}` }),
  seen: new Set([`a${random.below(3)}`]),
  slices: { '0': random.below(5) },
  nothing: undefined,
  deliveries: Array.from({ length: 2 }, () => delivery(random)),
})

const conditions = [
  { text: 'attribute_not_exists(#scope)', names: { '#scope': 'scope' }, values: {} },
  { text: 'revision = :seen', names: {}, values: { ':seen': 1 } },
  { text: 'revision IN (:a, :b) AND NOT attribute_exists(attempt)', names: {}, values: { ':a': 0, ':b': 2 } },
  {
    text: 'deliveries[0].#state <> :s OR size(deliveries) > :n',
    names: { '#state': 'state' },
    values: { ':s': 'sent', ':n': 2 },
  },
  {
    text: '(slices.#zero BETWEEN :low AND :high) AND begins_with(#item, :p)',
    names: { '#zero': '0', '#item': 'item' },
    values: { ':low': 1, ':high': 3, ':p': 'batch' },
  },
  { text: 'contains(seen, :v)', names: {}, values: { ':v': 'a1' } },
]
const updates = [
  {
    text: 'SET revision = revision + :d, deliveries[1].#state = :state',
    values: { ':d': 1, ':state': 'accepted' },
    names: { '#state': 'state' },
  },
  {
    text: 'SET slices.#one = if_not_exists(slices.#one, :d), attempt = :state REMOVE seen',
    values: { ':d': 7, ':state': 'x' },
    names: { '#one': '1' },
  },
  { text: 'ADD revision :d, seen :set', values: { ':d': 2, ':set': new Set(['a9']) }, names: {} },
  {
    text: 'DELETE seen :set SET deliveries = list_append(deliveries, :list)',
    values: { ':set': new Set(['a0', 'a1', 'a2']), ':list': [{ idNumber: 'new', state: 'pending' }] },
    names: {},
  },
  { text: 'REMOVE deliveries[0], attempt', values: {}, names: {} },
]

const pick = <Item>(random: Random, items: readonly Item[]) => items[random.below(items.length)] as Item
const placeholders = (...given: readonly { names: object; values: object }[]) => {
  const names = Object.assign({}, ...given.map((one) => one.names)) as Record<string, string>
  const values = Object.assign({}, ...given.map((one) => one.values)) as Record<string, unknown>
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  }
}

const write = (random: Random, TableName: string) => {
  const condition = pick(random, conditions)
  const update = pick(random, updates)
  const Key = { scope: scope(random), item: item(random) }
  const common = {
    TableName,
    ConditionExpression: condition.text,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  }
  return {
    Put: { ...common, Item: row(random), ...placeholders(condition) },
    // Of what is there: an update of nothing has nothing to change within.
    Update: {
      ...common,
      Key,
      ConditionExpression: `attribute_exists(revision) AND (${condition.text})`,
      UpdateExpression: update.text,
      ...placeholders(condition, update),
    },
    Delete: { ...common, Key, ...placeholders(condition) },
  }
}

const anyCommand = (random: Random, TableName: string): Command => {
  const { Put, Update, Delete } = write(random, TableName)
  const Key = { scope: scope(random), item: item(random) }
  const query = { TableName, ExpressionAttributeNames: { '#scope': 'scope', '#item': 'item' }, ConsistentRead: true }
  const of = { ':scope': scope(random) }
  const commands: readonly (() => Command)[] = [
    () => new PutCommand({ TableName, Item: row(random) }),
    () => new PutCommand({ TableName, Item: row(random) }),
    () => new PutCommand(Put),
    () => new UpdateCommand({ ...Update, ReturnValues: random.chance(0.5) ? 'ALL_NEW' : 'NONE' }),
    () => new UpdateCommand(Update),
    () => new DeleteCommand({ ...Delete, ReturnValues: 'ALL_OLD' }),
    () => new GetCommand({ TableName, Key, ConsistentRead: true }),
    () =>
      new TransactWriteCommand({
        TransactItems: [{ Put }, { Update: { ...Update, Key: { scope: 'other', item: item(random) } } }],
      }),
    () =>
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { ...row(random), scope: 'other' } } },
          { Put: { TableName, Item: row(random) } },
        ],
      }),
    () =>
      new BatchGetCommand({
        RequestItems: {
          [TableName]: {
            Keys: [{ scope: 'other', item: Key.item }, Key],
            ProjectionExpression: '#s, revision',
            ExpressionAttributeNames: { '#s': 'scope' },
          },
        },
      }),
    () =>
      new QueryCommand({
        ...query,
        KeyConditionExpression: '#scope = :scope AND begins_with(#item, :p)',
        ExpressionAttributeValues: { ...of, ':p': 'batch#00000' },
        Limit: 1 + random.below(6),
        ProjectionExpression: '#item',
      }),
    () =>
      new QueryCommand({
        ...query,
        KeyConditionExpression: '#scope = :scope AND #item > :after',
        ExpressionAttributeValues: { ...of, ':after': item(random) },
        Limit: 3,
      }),
    () =>
      new QueryCommand({
        ...query,
        KeyConditionExpression: '#scope = :scope AND #item BETWEEN :a AND :b',
        ExpressionAttributeValues: { ...of, ':a': 'batch#000002', ':b': 'batch#000005-x' },
        FilterExpression: 'revision > :r',
        ScanIndexForward: random.chance(0.5),
        ...{ ExpressionAttributeNames: query.ExpressionAttributeNames },
      }),
    () =>
      new ScanCommand({
        TableName,
        FilterExpression: 'revision = :r',
        ExpressionAttributeValues: { ':r': 1 },
        ConsistentRead: true,
      }),
  ]
  const command = pick(random, commands)()
  const { FilterExpression, ExpressionAttributeValues } = command.input as {
    FilterExpression?: string
    ExpressionAttributeValues?: object
  }
  if (FilterExpression?.includes(':r')) Object.assign(ExpressionAttributeValues ?? {}, { ':r': 1 })
  return command
}

const told = async (act: () => Promise<object>) => {
  try {
    const {
      $metadata: _,
      ConsumedCapacity: __,
      ScannedCount: ___,
      ...answer
    } = (await act()) as Record<string, unknown>
    return sortedItems(answer)
  } catch (error) {
    const { name, Item, CancellationReasons } = error as {
      name: string
      Item?: object
      CancellationReasons?: { Code?: string; Item?: object }[]
    }
    return { name, Item, reasons: CancellationReasons?.map((reason) => [reason.Code, reason.Item]) }
  }
}

/** A scan, and a batch, give their items in no order. */
const sortedItems = (answer: Record<string, unknown>) => {
  const key = (item: unknown) => JSON.stringify([(item as { scope?: string }).scope, (item as { item?: string }).item])
  const sorted = (items: unknown) => (items as unknown[]).toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  const responses = answer.Responses as Record<string, unknown[]> | undefined
  return responses
    ? {
        ...answer,
        Responses: Object.fromEntries(Object.entries(responses).map(([name, items]) => [name, sorted(items)])),
      }
    : answer
}

const isScan = (command: Command) => command instanceof ScanCommand

describe('the in-memory tables', () => {
  test('return and store the same as DynamoDB Local, for 600 commands in random order', async () => {
    const TableName = tables.tableNames.deliveries
    const database = documentDatabase({ [TableName]: contracts.deliveries as TableContract })
    const random = seededRandom(firstSeed)
    const tally = new Map<string, number>()
    for (let number = 0; number < 600; number++) {
      const command = anyCommand(random, TableName)
      const [engine, memory] = [
        await told(() => tables.client.send(command as GetCommand)),
        await told(async () => database.execute(command.constructor.name, command.input)),
      ]
      const said = `SEED=${firstSeed}, command ${number}: ${command.constructor.name} ${JSON.stringify(command.input)}`
      // Of several reasons to refuse a command, each may see another first.
      const isInvalid = 'name' in engine && engine.name === 'ValidationException' && 'name' in memory
      const [left, right] = [engine, isInvalid ? engine : memory].map((answer) =>
        isScan(command) ? { Count: (answer as { Count?: number }).Count } : answer,
      )
      expect({ said, answer: right }).toEqual({ said, answer: left })
      const kind = `${command.constructor.name} ${'name' in engine ? String(engine.name) : 'done'}`
      tally.set(kind, (tally.get(kind) ?? 0) + 1)
    }
    const stored = await tables.client.send(new ScanCommand({ TableName, ConsistentRead: true }))
    const key = ({ scope, item }: Record<string, unknown>) => `${String(scope)} ${String(item)}`
    expect([...database.table(TableName).all()].map(key).toSorted()).toEqual((stored.Items ?? []).map(key).toSorted())
    // Both ends of every condition were seen.
    for (const kind of [
      'PutCommand ConditionalCheckFailedException',
      'UpdateCommand done',
      'TransactWriteCommand TransactionCanceledException',
      'QueryCommand done',
      'DeleteCommand done',
    ]) {
      expect([kind, tally.get(kind) ?? 0]).toEqual([kind, expect.any(Number)])
      expect(tally.get(kind) ?? 0).toBeGreaterThan(2)
    }
  })

  test('page through an index like DynamoDB Local', async () => {
    const TableName = tables.tableNames.results
    const database = documentDatabase({ [TableName]: contracts.results as TableContract })
    for (let number = 0; number < 12; number++) {
      const Item = {
        idNumber: `ID${number % 8}`,
        version: 1 + (number >> 3),
        sessionShard: 's#00',
        state: 'final',
        payload: { grade: 'B' },
        ...(number !== 3 && { digest: 'd' }),
      }
      await tables.client.send(new PutCommand({ TableName, Item }))
      database.execute('PutCommand', { TableName, Item })
    }
    const read = async (send: (command: QueryCommand) => Promise<object>) => {
      const seen: unknown[] = []
      let ExclusiveStartKey: Record<string, unknown> | undefined
      do {
        const answer = (await send(
          new QueryCommand({
            ...{ TableName, IndexName: 'bySession', Limit: 5 },
            KeyConditionExpression: 'sessionShard = :shard AND idNumber BETWEEN :first AND :last',
            ExpressionAttributeValues: { ':shard': 's#00', ':first': 'ID1', ':last': 'ID6' },
            ...(ExclusiveStartKey && { ExclusiveStartKey }),
          }),
        )) as { Items: unknown[]; LastEvaluatedKey?: Record<string, unknown> }
        seen.push(...answer.Items)
        ExclusiveStartKey = answer.LastEvaluatedKey
      } while (ExclusiveStartKey)
      return seen
    }
    const inMemory = await read(async (command) => database.execute('QueryCommand', command.input))
    expect(inMemory).toHaveLength(9)
    const sorted = (rows: unknown[]) =>
      rows
        .map((one) =>
          JSON.stringify(
            Object.entries(one as object)
              .map(String)
              .toSorted(),
          ),
        )
        .toSorted()
    expect(sorted(inMemory)).toEqual(sorted(await read((command) => tables.client.send(command))))
  })
})
