import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { QueueMessage } from '../../../../../infra/local/aws/queues/queue.ts'
import { failedIn } from '../../../../../infra/local/aws/queues/queue-mappings.ts'
import type { InvocationOutcome, LocalResource } from '../../../../../infra/local/types.ts'
import { allow, arn, lambda, queue, resource, role, settle, startRun, type TestRun } from '../support.ts'

const everything = [
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'ChangeMessageVisibility',
  'GetQueueAttributes',
  'GetQueueUrl',
  'StartMessageMoveTask',
]
const caller = role(
  'caller',
  allow(
    everything.map((action) => `sqs:${action}`),
    [arn('sqs', 'work'), arn('sqs', 'work-dead')],
  ),
)
const polling = allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], arn('sqs', 'work'))
const work = (maxReceiveCount: number) =>
  queue('work', {
    VisibilityTimeout: 60,
    RedrivePolicy: { deadLetterTargetArn: arn('sqs', 'work-dead'), maxReceiveCount },
  })
const mapping = (properties: object = {}): LocalResource =>
  resource('AWS::Lambda::EventSourceMapping', 'mapping', {
    EventSourceArn: arn('sqs', 'work'),
    FunctionName: 'worker',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...properties,
  })
const url = 'http://127.0.0.1/000000000000/work'
const deadUrl = `${url}-dead`

interface SqsEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[]
}
const bodies = (run: TestRun) => run.invocations.map(({ event }) => (event as SqsEvent).Records.map(({ body }) => body))

let run: TestRun
let client: SQSClient
let folder: string

const start = async (resources: readonly LocalResource[], options: Parameters<typeof startRun>[1] = {}) => {
  run = await startRun([caller, queue('work-dead'), ...resources], options)
  client = new SQSClient(run.client)
}
const stop = async () => {
  client?.destroy()
  await run?.stop()
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'queues-'))
})
afterEach(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})

const send = (...texts: readonly string[]) =>
  client.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: texts.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  )
const receive = async (QueueUrl = url) => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
  )
  return Messages
}
const counts = async (QueueUrl = url) => {
  const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
  return [Attributes.ApproximateNumberOfMessages, Attributes.ApproximateNumberOfMessagesNotVisible].map(Number)
}

describe('a queue', () => {
  test('dead letters are redriven to their source queue', async () => {
    await start([caller, work(1), queue('work-dead')])
    for (const MessageBody of ['one', 'two'])
      await client.send(new SendMessageCommand({ QueueUrl: deadUrl, MessageBody }))
    const move = { SourceArn: arn('sqs', 'work-dead'), DestinationArn: arn('sqs', 'work') }
    expect((await client.send(new StartMessageMoveTaskCommand(move))).TaskHandle).toBeDefined()
    const receive = (QueueUrl: string) => client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    expect((await receive(url)).Messages?.map(({ Body }) => Body)).toEqual(['one', 'two'])
    expect((await receive(deadUrl)).Messages ?? []).toEqual([])
  })

  test('hides a received message for its visibility timeout, by the local clock, and removes a deleted one', async () => {
    await start([work(5)])
    await client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: 'grüße',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'a' } },
      }),
    )
    const [message] = await receive()
    expect(message).toMatchObject({
      Body: 'grüße',
      Attributes: { ApproximateReceiveCount: '1', SenderId: 'test/caller' },
    })
    expect(await receive()).toEqual([])
    expect(await counts()).toEqual([0, 1])
    await run.advance(59)
    expect(await receive()).toEqual([])
    await run.advance(1)
    const [again] = await receive()
    expect(again).toMatchObject({ MessageId: message?.MessageId, Attributes: { ApproximateReceiveCount: '2' } })
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: again?.ReceiptHandle }))
    await run.advance(3_600)
    expect(await receive()).toEqual([])
    expect(await counts()).toEqual([0, 0])
  })

  test('changes a message’s visibility timeout on request', async () => {
    await start([work(5)])
    await send('a')
    const [message] = await receive()
    const change = (VisibilityTimeout: number) =>
      client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout }),
      )
    await change(600)
    await run.advance(60)
    expect(await receive()).toEqual([])
    await change(0)
    expect(await receive()).toHaveLength(1)
  })

  test('delays a message that was sent with a delay', async () => {
    await start([work(5)])
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'later', DelaySeconds: 30 }))
    expect(await receive()).toEqual([])
    await run.advance(30)
    expect(await receive()).toMatchObject([{ Body: 'later' }])
  })

  test('moves a message to the dead-letter queue after its last receive, with its id', async () => {
    await start([work(2)])
    await send('poison')
    const [first] = await receive()
    await run.advance(60)
    expect(await receive()).toHaveLength(1)
    await run.advance(60)
    expect(await receive()).toEqual([])
    expect(await receive(deadUrl)).toMatchObject([
      { MessageId: first?.MessageId, Body: 'poison', Attributes: { DeadLetterQueueSourceArn: arn('sqs', 'work') } },
    ])
  })

  test('supports long polling', async () => {
    await start([work(5)])
    const waiting = client.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    await send('at last')
    expect((await waiting).Messages).toMatchObject([{ Body: 'at last' }])
  })

  test('rejects what AWS rejects, with the same error codes', async () => {
    await start([work(5)])
    const named = (call: Promise<unknown>) =>
      call.then(
        () => 'answered',
        (error: Error) => error.name,
      )
    expect(await named(client.send(new SendMessageCommand({ QueueUrl: `${url}-other`, MessageBody: 'a' })))).toBe(
      'AccessDeniedException',
    )
    expect(await named(send(...Array.from({ length: 11 }, String)))).toBe('TooManyEntriesInBatchRequest')
    expect(
      await named(client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x'.repeat(1_048_577) }))),
    ).toBe('InvalidParameterValue')
    expect(await named(client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'nonsense' })))).toBe(
      'ReceiptHandleIsInvalid',
    )
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'work' }))).QueueUrl).toBe(url)
  })

  test('denies with principal, action and resource', async () => {
    await start([work(5), queue('private')])
    await expect(
      client.send(new SendMessageCommand({ QueueUrl: `${url.replace('work', 'private')}`, MessageBody: 'a' })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /assumed-role\/caller\/test\/caller is not authorized to perform: sqs:SendMessage on resource: .*:private /,
      ),
    })
  })

  test('keeps its messages in the data folder, including those in flight', async () => {
    await start([work(5)], { dataDir: folder })
    await send('a', 'b', 'c')
    const [first] = await client
      .send(new ReceiveMessageCommand({ QueueUrl: url }))
      .then(({ Messages = [] }) => Messages)
    const [second] = await client
      .send(new ReceiveMessageCommand({ QueueUrl: url }))
      .then(({ Messages = [] }) => Messages)
    await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }))
    await stop()
    await start([work(5)], { dataDir: folder, startAt: '2030-01-01T10:00:00.000Z' })
    const kept = await receive()
    expect(new Set(kept.map(({ Body }) => Body))).toEqual(new Set(['b', 'c']))
    expect(kept.find(({ Body }) => Body === second?.Body)?.Attributes?.ApproximateReceiveCount).toBe('2')
  })
})

describe('a queue mapped to a function', () => {
  const worker = lambda('worker', polling)
  const fails: InvocationOutcome = { ok: false, errorType: 'Error', errorMessage: 'no' }

  test('delivers available messages in one batch, in Lambda’s format', async () => {
    await start([work(5), ...worker, mapping()])
    await send('a', 'b')
    await settle()
    expect(run.invocations).toHaveLength(1)
    expect(run.invocations[0]).toMatchObject({
      functionArn: arn('lambda', 'function:worker'),
      event: {
        Records: [
          {
            messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            receiptHandle: expect.any(String),
            body: 'a',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: '1893488400000',
              SenderId: 'test/caller',
              ApproximateFirstReceiveTimestamp: '1893488400000',
            },
            messageAttributes: {},
            md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
            eventSource: 'aws:sqs',
            eventSourceARN: arn('sqs', 'work'),
            awsRegion: 'eu-west-1',
          },
          { body: 'b' },
        ],
      },
    })
    expect(await counts()).toEqual([0, 0])
  })

  test('redelivers only the messages that the function reported, after the visibility timeout', async () => {
    const failing = (event: unknown) => ({
      ok: true as const,
      payload: {
        batchItemFailures: (event as SqsEvent).Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
          itemIdentifier: messageId,
        })),
      },
    })
    await start([work(2), ...worker, mapping()], { answer: failing })
    await send('good', 'bad', 'fine')
    await settle()
    await run.advance(59)
    expect(bodies(run)).toEqual([['good', 'bad', 'fine']])
    await run.advance(1)
    expect(bodies(run)).toEqual([['good', 'bad', 'fine'], ['bad']])
    await run.advance(60)
    expect(bodies(run)).toHaveLength(2)
    expect(await receive(deadUrl)).toMatchObject([{ Body: 'bad' }])
  })

  test('redelivers the whole batch when the function fails, and gives up after the last receive', async () => {
    await start([work(3), ...worker, mapping()], { answer: () => fails })
    await send('a', 'b')
    await settle()
    for (let minute = 0; minute < 5; minute += 1) await run.advance(60)
    expect(bodies(run)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ])
    expect(await receive(deadUrl)).toHaveLength(2)
  })

  test('never redelivers a message while its invocation runs, however far the clock is moved', async () => {
    let finish: (outcome: InvocationOutcome) => void = () => {}
    const answer = () => new Promise<InvocationOutcome>((resolve) => (finish = resolve))
    await start([work(5), ...worker, mapping()], { answer })
    await send('slow')
    await settle()
    await run.advance(86_400)
    expect(run.invocations).toHaveLength(1)
    finish(fails)
    await settle()
    // Its visibility timeout passed long ago.
    expect(run.invocations).toHaveLength(2)
    finish({ ok: true, payload: null })
    await settle()
    expect(await counts()).toEqual([0, 0])
  })

  test('respects batch size and maximum concurrency', async () => {
    const finishes: ((outcome: InvocationOutcome) => void)[] = []
    const answer = () => new Promise<InvocationOutcome>((resolve) => finishes.push(resolve))
    await start([work(5), ...worker, mapping({ BatchSize: 2, ScalingConfig: { MaximumConcurrency: 2 } })], { answer })
    await send('a', 'b', 'c', 'd', 'e')
    await settle()
    expect(bodies(run)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    finishes[0]?.({ ok: true, payload: {} })
    await settle()
    expect(bodies(run)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  test('collects messages until the batching window is over or the batch is full', async () => {
    let invoked: () => void = () => {}
    const isInvoked = new Promise<void>((resolve) => (invoked = resolve))
    const answer = async (): Promise<InvocationOutcome> => {
      invoked()
      return { ok: true, payload: {} }
    }
    const window = { BatchSize: 3, MaximumBatchingWindowInSeconds: 1 }
    await start([work(5), ...worker, mapping(window)], { answer })
    await send('a')
    await settle()
    expect(bodies(run)).toEqual([])
    await send('b')
    await isInvoked
    expect(bodies(run)).toEqual([['a', 'b']])
    await send('c', 'd', 'e')
    await settle()
    expect(bodies(run)).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ])
  })

  test('is not polled for a function without permission, and the denial is recorded', async () => {
    await start([work(5), ...lambda('worker', allow('sqs:ReceiveMessage', arn('sqs', 'work'))), mapping()])
    await send('a')
    await settle()
    expect(run.invocations).toEqual([])
    expect(run.aws.access.denials().map(({ principal, action }) => [principal, action])).toEqual([
      ['worker', 'sqs:DeleteMessage'],
      ['worker', 'sqs:GetQueueAttributes'],
    ])
  })

  test('delivers messages from before the start', async () => {
    await start([work(5)], { dataDir: folder })
    await send('early')
    await stop()
    await start([work(5), ...worker, mapping()], { dataDir: folder })
    await settle()
    expect(bodies(run)).toEqual([['early']])
  })
})

describe('a report of failed messages', () => {
  const batch = ['1', '2'].map((id) => ({ id })) as unknown as QueueMessage[]
  const reports: [payload: unknown, failed: string[]][] = [
    [null, []],
    [undefined, []],
    [{}, []],
    [{ batchItemFailures: null }, []],
    [{ batchItemFailures: [] }, []],
    [{ batchItemFailures: [{ itemIdentifier: '2' }] }, ['2']],
    [{ batchItemFailures: [{ itemIdentifier: '3' }] }, ['1', '2']],
    [{ batchItemFailures: [{ itemIdentifier: '' }] }, ['1', '2']],
    [{ batchItemFailures: [{ itemIdentifier: null }] }, ['1', '2']],
    [{ batchItemFailures: [{ wrongName: '1' }] }, ['1', '2']],
    [{ batchItemFailures: '1' }, ['1', '2']],
    ['text', ['1', '2']],
  ]
  test.each(reports)('%j leaves %j undone', (payload, failed) => {
    expect([...failedIn(batch, { ok: true, payload }, true)]).toEqual(failed)
  })

  test('is ignored if the mapping does not enable it', () => {
    expect([
      ...failedIn(batch, { ok: true, payload: { batchItemFailures: [{ itemIdentifier: '2' }] } }, false),
    ]).toEqual([])
  })
})
