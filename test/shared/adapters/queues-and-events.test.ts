import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, describe, expect, test } from '@jest/globals'
import { eventBridgeBus } from '../../../shared/adapters/eventbridge/event-bus.ts'
import { schedulerReleaseSchedules } from '../../../shared/adapters/scheduler/release-schedules.ts'
import { sqsLaneQueue, sqsWaveQueue } from '../../../shared/adapters/sqs/result-email-queues.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import { type AwsAnswer, type AwsRequest, startAwsEndpoint } from '../../support/aws-endpoint.ts'

type Endpoint = Awaited<ReturnType<typeof startAwsEndpoint>>
let endpoint: Endpoint
afterEach(() => endpoint.stop())
const pause = async () => undefined
const start = async (answerTo: (request: AwsRequest, index: number) => AwsAnswer) => {
  endpoint = await startAwsEndpoint(answerTo)
}
const entriesOf = ({ body }: AwsRequest) => (body as { Entries: Record<string, unknown>[] }).Entries

describe('events', () => {
  const events = Array.from({ length: 12 }, (_, index) => ({
    eventId: `e${index}`,
    type: 'candidate-registered',
    detail: `{"version":1,"idNumber":"${index}"}`,
  }))
  const bus = () => eventBridgeBus('bus', { client: new EventBridgeClient(endpoint.settings), pause })
  /** Refuses the events whose id is named, the first so many times that they come. */
  const refusing = (ids: readonly string[], times: number) => {
    const refused = new Map<string, number>()
    return (request: AwsRequest): AwsAnswer => {
      const Entries = entriesOf(request).map(({ Resources }) => {
        const id = (Resources as string[])[0]?.replace('event/', '') ?? ''
        const count = refused.get(id) ?? 0
        if (!ids.includes(id) || count >= times) return { EventId: `of ${id}` }
        refused.set(id, count + 1)
        return { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }
      })
      return {
        status: 200,
        body: { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries },
      }
    }
  }

  test('are put ten at a time, in the form of the contract', async () => {
    await start(refusing([], 0))
    expect(await bus().publish(events)).toEqual([])
    expect(endpoint.requests.map((request) => entriesOf(request).length)).toEqual([10, 2])
    expect(entriesOf(endpoint.requests[0] as AwsRequest)[3]).toEqual({
      EventBusName: 'bus',
      Source: 'results-service',
      DetailType: 'candidate-registered',
      Detail: events[3]?.detail,
      Resources: ['event/e3'],
    })
  })

  test('that are rejected are retried alone', async () => {
    await start(refusing(['e2', 'e7'], 1))
    expect(await bus().publish(events)).toEqual([])
    expect(endpoint.requests.map((request) => entriesOf(request).length)).toEqual([10, 2, 2])
  })

  test('that stay rejected are returned, so that the stream redelivers them', async () => {
    await start(refusing(['e2', 'e11'], 99))
    expect(await bus().publish(events)).toEqual([events[2], events[11]])
  })
})

describe('queue messages', () => {
  const urls = () => ({
    releasePlans: `${endpoint.settings.endpoint}/plans`,
    resultEmails: `${endpoint.settings.endpoint}/emails`,
  })
  const queues = () =>
    sqsLaneQueue(urls().releasePlans, { client: new SQSClient({ ...endpoint.settings, md5: false }), pause })
  const messages = Array.from({ length: 16 }, (_, lane) => ({ releaseId: 'r', session: 's', lane, lanes: 16 }))
  const taking =
    (isTaken: (id: string, index: number) => boolean) =>
    (request: AwsRequest, index: number): AwsAnswer => {
      const ids = entriesOf(request).map(({ Id }) => Id as string)
      const Successful = ids
        .filter((id) => isTaken(id, index))
        .map((Id) => ({ Id, MessageId: Id, MD5OfMessageBody: '' }))
      const Failed = ids
        .filter((id) => !isTaken(id, index))
        .map((Id) => ({ Id, SenderFault: false, Code: 'InternalError' }))
      return { status: 200, body: { Successful, Failed } }
    }

  test('are sent ten at a time; those that SQS rejected are retried alone', async () => {
    await start(taking((id, index) => index > 0 || id !== '4'))
    await queues().planLanes(messages)
    const lanes = endpoint.requests.flatMap((request) =>
      entriesOf(request).map(({ MessageBody }) => JSON.parse(MessageBody as string).lane),
    )
    expect(endpoint.requests.map((request) => entriesOf(request).length)).toEqual([10, 1, 6])
    expect(lanes.filter((lane) => lane === 4)).toHaveLength(2)
    expect(new Set(lanes).size).toBe(16)
  })

  test('of mails have the requested delay', async () => {
    await start(taking(() => true))
    const client = new SQSClient({ ...endpoint.settings, md5: false })
    const wave = { releaseId: 'r', session: 's', scope: 'r#00', wave: 'batch#000001-' }
    const waves = sqsWaveQueue(urls().resultEmails, { client, pause })
    await waves.sendWaves([wave])
    await waves.sendWaves([wave], 900)
    const delays = endpoint.requests.flatMap((request) => entriesOf(request).map(({ DelaySeconds }) => DelaySeconds))
    expect(delays).toEqual([undefined, 900])
  })

  test('that stay rejected fail the call, so that the planner is retried', async () => {
    await start(taking(() => false))
    await expect(queues().planLanes(messages)).rejects.toThrow('did not take')
  })
})

describe('the schedule of a release', () => {
  const target = { groupName: 'group', functionArn: 'arn:function', roleArn: 'arn:role', deadLettersArn: 'arn:dead' }
  const schedule = () =>
    schedulerReleaseSchedules(target, new SchedulerClient(endpoint.settings)).schedule(
      { session: 's-1', releaseId: 'release-1' },
      epochMilliseconds(Date.parse('2026-12-01T08:58:30.900Z')),
    )

  test('fires once in UTC, calls the function with the release, and deletes itself', async () => {
    await start(() => ({ status: 200, body: { ScheduleArn: 'arn' } }))
    await schedule()
    expect(endpoint.requests[0]).toMatchObject({
      path: '/schedules/release-1-1796115510',
      body: {
        GroupName: 'group',
        ScheduleExpression: 'at(2026-12-01T08:58:30)',
        ActionAfterCompletion: 'DELETE',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: 'arn:function',
          RoleArn: 'arn:role',
          Input: '{"session":"s-1","releaseId":"release-1"}',
          DeadLetterConfig: { Arn: 'arn:dead' },
        },
      },
    })
  })

  test('that already exists counts as created; other errors do not', async () => {
    await start(() => ({ status: 409, body: {}, errorType: 'ConflictException' }))
    await schedule()
    await endpoint.stop()
    await start(() => ({ status: 400, body: {}, errorType: 'ValidationException' }))
    await expect(schedule()).rejects.toThrow()
  })
})
