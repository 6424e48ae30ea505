import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { adaptiveConcurrency } from '../../../shared/adapters/dynamo/adaptive-concurrency.ts'
import { insertAll } from '../../../shared/adapters/dynamo/insert-all.ts'
import { type AwsAnswer, type AwsRequest, startAwsEndpoint } from '../../support/aws-endpoint.ts'

/** A table that throttles and loses answers, as an engine on one machine never does: rows are written paced to it. */
interface Statement {
  readonly Statement: string
  readonly Parameters: readonly { S: string }[]
}

let endpoint: Awaited<ReturnType<typeof startAwsEndpoint>>
let stored: Set<string>
let pauses: number[]
/** What becomes of one insert before it is looked at; undefined lets it through. */
let fault: (id: string, call: number) => string | undefined
let refuseCall: (call: number) => boolean

beforeEach(async () => {
  stored = new Set()
  pauses = []
  fault = () => undefined
  refuseCall = () => false
  endpoint = await startAwsEndpoint(({ body }, call): AwsAnswer => {
    if (refuseCall(call)) return { status: 400, body: { __type: 'com.amazonaws#ThrottlingException', message: 'slow' } }
    const { Statements } = body as { Statements: readonly Statement[] }
    const Responses = Statements.map(({ Parameters }) => {
      const id = Parameters[0]?.S ?? ''
      const code = fault(id, call)
      if (code && code !== 'InternalServerError') return { Error: { Code: code } }
      const isTaken = stored.has(id)
      stored.add(id)
      if (code) return { Error: { Code: code } }
      return isTaken ? { Error: { Code: 'DuplicateItem' } } : { TableName: 'rows' }
    })
    return { status: 200, body: { Responses } }
  })
})
afterEach(() => endpoint.stop())

const insert = (concurrency = adaptiveConcurrency()) => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ ...endpoint.settings, maxAttempts: 1 }))
  const pause = async (milliseconds: number) => {
    pauses.push(milliseconds)
  }
  return insertAll(client, 'rows', { pause, concurrency })
}
const items = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `id-${index}`, name: 'Ana' }))
const sizes = () => endpoint.requests.map(({ body }) => (body as { Statements: unknown[] }).Statements.length)

describe('inserting many items', () => {
  test('puts 25 items per call, each on the condition that its key is unused', async () => {
    expect(await insert()(items(60))).toEqual([])
    expect(sizes().toSorted((a, b) => b - a)).toEqual([25, 25, 10])
    const { Statements } = (endpoint.requests[0] as AwsRequest).body as { Statements: [Statement] }
    const [{ Statement, Parameters }] = Statements
    expect(Statement).toBe(`INSERT INTO "rows" VALUE {'id': ?, 'name': ?}`)
    expect(Parameters).toEqual([{ S: 'id-0' }, { S: 'Ana' }])
  })

  test('returns those with an existing key, and does not overwrite them', async () => {
    for (const id of ['id-3', 'id-30']) stored.add(id)
    expect((await insert()(items(40))).map(({ id }) => id)).toEqual(['id-3', 'id-30'])
  })

  test('retries only throttled items, with exponential backoff', async () => {
    fault = (id, call) => (call < 4 && Number(id.slice(3)) % 2 === 0 ? 'ThrottlingError' : undefined)
    expect(await insert()(items(20))).toEqual([])
    expect(sizes()).toEqual([20, 10, 10, 10, 10])
    expect(pauses).toEqual([50, 100, 200, 400])
    expect(stored.size).toBe(20)
  })

  test('retries a throttled call', async () => {
    refuseCall = (call) => call < 2
    expect(await insert()(items(5))).toEqual([])
    expect(sizes()).toEqual([5, 5, 5])
  })

  test('treats items as existing that were written although the response reported an error', async () => {
    fault = (id, call) => (call === 0 && id === 'id-1' ? 'InternalServerError' : undefined)
    expect((await insert()(items(3))).map(({ id }) => id)).toEqual(['id-1'])
    expect(stored.size).toBe(3)
  })

  test('gives up within the minute for which a lease is valid', async () => {
    fault = () => 'ProvisionedThroughputExceeded'
    await expect(insert()(items(1))).rejects.toThrow('DynamoDB did not take 1 items in time')
    expect(pauses.reduce((sum, pause) => sum + pause)).toBeLessThan(45_000)
  })

  test('gives up immediately if a retry cannot help', async () => {
    fault = () => 'ValidationError'
    await expect(insert()(items(1))).rejects.toThrow('ValidationError')
    expect(pauses).toEqual([])
  })
})

describe('the concurrency', () => {
  const call = (isThrottled: boolean) => async () => ({ errors: [], isThrottled })

  test('increases by one per successful round up to its maximum, and halves on throttling down to one', async () => {
    const concurrency = adaptiveConcurrency({ initial: 4, max: 6 })
    for (let round = 0; round < 5; round++) await concurrency.run(call(false))
    expect(concurrency.limit()).toBe(5)
    for (let round = 0; round < 50; round++) await concurrency.run(call(false))
    expect(concurrency.limit()).toBe(6)
    await concurrency.run(call(true))
    expect(concurrency.limit()).toBe(3)
    for (let round = 0; round < 5; round++) await concurrency.run(call(true))
    expect(concurrency.limit()).toBe(1)
  })

  test('never exceeds its limit, even after a failed call', async () => {
    const concurrency = adaptiveConcurrency({ initial: 3, max: 3 })
    let [underWay, most] = [0, 0]
    const slow = async () => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setImmediate(resolve))
      underWay--
      if (most % 2 === 0) throw new Error('broken')
      return { errors: [], isThrottled: false }
    }
    await Promise.allSettled(Array.from({ length: 30 }, () => concurrency.run(slow)))
    expect(most).toBe(3)
    expect(underWay).toBe(0)
  })
})
