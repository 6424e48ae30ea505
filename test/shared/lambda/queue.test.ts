import { describe, expect, test } from '@jest/globals'
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import * as z from 'zod/mini'
import { outboxRow } from '../../../shared/contracts/events.ts'
import { queueHandler } from '../../../shared/lambda/queue.ts'
import { streamHandler } from '../../../shared/lambda/stream.ts'
import { recordingLog } from '../../support/log.ts'

const batch = (...bodies: string[]) =>
  ({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) }) as unknown as SQSEvent

describe('a queue', () => {
  const schema = z.strictObject({ letter: z.string() })

  test('returns only failed messages, and processes the rest', async () => {
    const done: string[] = []
    const log = recordingLog()
    const handler = queueHandler(
      schema,
      async ({ letter }) => {
        if (letter === 'c') throw new Error('no c today')
        done.push(letter)
      },
      { log },
    )
    const answer = await handler(
      batch('{"letter":"a"}', 'no JSON', '{"letter":"c"}', '{"lettre":"d"}', '{"letter":"e"}'),
    )
    expect(done).toEqual(['a', 'e'])
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual(['m1', 'm2', 'm3'])
    expect(new Set(log.lines.map(({ fields }) => fields.messageId))).toEqual(new Set(['m1', 'm2', 'm3']))
    expect(JSON.stringify(log.lines)).not.toContain('no c today')
  })

  test('returns invalid messages one by one, not as an error of the function', async () => {
    const handler = queueHandler(schema, async () => {}, { log: recordingLog() })
    expect(await handler(batch('x', 'y'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }],
    })
  })

  test('processes messages sequentially if required', async () => {
    let running = 0
    const handler = queueHandler(
      schema,
      async () => {
        running++
        await new Promise((resolve) => setTimeout(resolve, 1))
        expect(running).toBe(1)
        running--
      },
      { inParallel: false, log: recordingLog() },
    )
    expect(await handler(batch('{"letter":"a"}', '{"letter":"b"}'))).toEqual({ batchItemFailures: [] })
  })
})

describe('a queue with sequential messages of one kind', () => {
  const about = (letter: string, fails = false) => JSON.stringify({ letter, fails })
  const runningWith = async (inTurnsBy?: (message: { letter: string }) => string) => {
    const running: string[] = []
    let mostOfOne = 0
    let most = 0
    const handler = queueHandler(
      z.strictObject({ letter: z.string(), fails: z.boolean() }),
      async ({ letter, fails }) => {
        running.push(letter)
        most = Math.max(most, running.length)
        mostOfOne = Math.max(mostOfOne, running.filter((other) => other === letter).length)
        await new Promise((resolve) => setTimeout(resolve, 1))
        running.splice(running.indexOf(letter), 1)
        if (fails) throw new Error('not this one')
      },
      { ...(inTurnsBy && { inTurnsBy }), log: recordingLog() },
    )
    const answer = await handler(batch(about('a'), about('b'), about('a', true), about('a'), about('b')))
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] })
    return { most, mostOfOne }
  }

  test('processes those sequentially, even after a failed one, and the kinds in parallel', async () => {
    expect(await runningWith(({ letter }) => letter)).toEqual({ most: 2, mostOfOne: 1 })
  })

  test('processes them all concurrently without the option (negative control)', async () => {
    expect(await runningWith()).toEqual({ most: 5, mostOfOne: 3 })
  })
})

describe('a stream', () => {
  const row = (index: number, eventName: string, image: Record<string, string>) => ({
    eventName,
    eventID: `e${index}`,
    dynamodb: {
      SequenceNumber: String(index),
      NewImage: Object.fromEntries(Object.entries(image).map(([name, S]) => [name, { S }])),
    },
  })
  const event = (...rows: ReturnType<typeof row>[]) => ({ Records: rows }) as DynamoDBStreamEvent
  const image = (eventId: string) => ({ eventId, type: 'candidate-registered', detail: '{}' })

  test('passes on inserted rows in order and reports failed or invalid ones', async () => {
    const handler = streamHandler(outboxRow, async (rows) => rows.filter(({ eventId }) => eventId === 'b'), {
      log: recordingLog(),
    })
    const answer = await handler(
      event(
        row(1, 'INSERT', image('a')),
        row(2, 'REMOVE', image('r')),
        row(3, 'INSERT', { eventId: 'x' }),
        row(4, 'INSERT', image('b')),
      ),
    )
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['3', '4'])
  })

  test('has the whole batch redelivered when the handler fails', async () => {
    const log = recordingLog()
    const handler = streamHandler(outboxRow, () => Promise.reject(new Error('bus away')), { log })
    await expect(handler(event(row(1, 'INSERT', image('a'))))).rejects.toThrow('bus away')
    expect(log.lines).toHaveLength(1)
  })
})
