import { describe, expect, test } from '@jest/globals'
import { type DeliveryOptions, deliver, type Pending } from '../../../../infra/local/streams/stream-delivery.ts'
import type { InvocationOutcome } from '../../../../infra/local/types.ts'

const batchOf = (...numbers: string[]): Pending[] =>
  numbers.map((SequenceNumber) => ({
    record: { dynamodb: { Keys: {}, SequenceNumber } } as Pending['record'],
    readAt: 0,
    shardId: 'shard',
  }))

const failure: InvocationOutcome = { ok: false, errorType: 'Error', errorMessage: 'no' }
const failed = (...numbers: string[]): InvocationOutcome => ({
  ok: true,
  payload: { batchItemFailures: numbers.map((itemIdentifier) => ({ itemIdentifier })) },
})

/** Delivers 1 to 4; `answer` is given each batch and its number. */
const run = async (answer: (batch: string, call: number) => InvocationOutcome, more: Partial<DeliveryOptions> = {}) => {
  const calls: string[] = []
  const givenUp: string[] = []
  await deliver(batchOf('1', '2', '3', '4'), {
    invoke: async (records) => {
      const batch = records.map(({ dynamodb }) => dynamodb.SequenceNumber).join('')
      return answer(batch, calls.push(batch))
    },
    reportsFailures: true,
    bisects: true,
    maximumRetries: -1,
    isTooOld: () => false,
    discard: (batch, attempts, why) =>
      givenUp.push(`${batch.map(({ record }) => record.dynamodb.SequenceNumber).join('')} ${attempts} ${why}`),
    retryMilliseconds: 1,
    signal: new AbortController().signal,
    ...more,
  })
  return { calls, givenUp }
}
const fine: InvocationOutcome = { ok: true, payload: null }

describe('records of a stream', () => {
  test('are delivered once when all goes well', async () => {
    expect(await run(() => fine)).toEqual({ calls: ['1234'], givenUp: [] })
  })

  test('are retried from the first reported failure', async () => {
    const { calls } = await run((_, call) => (call === 1 ? failed('4', '3') : failed()))
    expect(calls).toEqual(['1234', '34'])
  })

  test('are retried completely if the function fails, reports an unknown record, or cannot report failures', async () => {
    expect((await run((_, call) => (call === 1 ? failure : fine), { bisects: false })).calls).toEqual(['1234', '1234'])
    expect((await run((_, call) => (call === 1 ? failed('x') : fine), { bisects: false })).calls).toEqual([
      '1234',
      '1234',
    ])
    expect((await run(() => failed('2'), { reportsFailures: false })).calls).toEqual(['1234'])
  })

  test('are bisected around a failing record, so that the others are processed', async () => {
    const done = new Set<string>()
    const { calls, givenUp } = await run(
      (batch) => {
        if (batch.includes('3')) return failure
        for (const number of batch) done.add(number)
        return fine
      },
      { maximumRetries: 1 },
    )
    expect(calls).toEqual(['1234', '12', '34', '3', '3', '4'])
    expect([...done]).toEqual(['1', '2', '4'])
    expect(givenUp).toEqual(['3 2 RetryAttemptsExhausted'])
  })

  test('are discarded together after the last retry without bisecting', async () => {
    const { calls, givenUp } = await run(() => failure, { bisects: false, maximumRetries: 2 })
    expect(calls).toHaveLength(3)
    expect(givenUp).toEqual(['1234 3 RetryAttemptsExhausted'])
  })

  test('are discarded one by one once they are too old', async () => {
    const tooOld = ({ record }: Pending) => record.dynamodb.SequenceNumber < '3'
    const { givenUp, calls } = await run((batch) => (batch.startsWith('3') ? fine : failure), { isTooOld: tooOld })
    expect(calls).toEqual(['1234', '234', '34'])
    expect(givenUp).toEqual(['1 1 RecordAgeExceeded', '2 1 RecordAgeExceeded'])
  })

  test('stay unprocessed when the run ends', async () => {
    const ending = new AbortController()
    const running = run(
      (_, call) => {
        if (call === 3) ending.abort()
        return failure
      },
      { bisects: false, signal: ending.signal },
    )
    await expect(running).rejects.toThrow('aborted')
  })
})
