import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ResourceNotFoundException, SchedulerClient } from '@aws-sdk/client-scheduler'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from '@jest/globals'
import { awsStageInspector } from '../../../shared/adapters/aws/stage-inspector.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'

const settings = { region: 'eu-west-1', credentials: { accessKeyId: 'key', secretAccessKey: 'secret' } }
const at = epochMilliseconds(Date.parse('2026-12-01T08:58:30Z'))

/** The client, answering by a function of what it is asked. */
const answering = <Client extends object>(client: Client, answer: (input: Record<string, unknown>) => object): Client =>
  Object.assign(client, { send: async ({ input }: { input: Record<string, unknown> }) => answer(input) })

type Answer = (input: Record<string, unknown>) => object
const stage = (answers: Partial<Record<'alarms' | 'dynamo' | 'mail' | 'queues' | 'schedules', Answer>>) => {
  const none: Answer = () => ({})
  return awsStageInspector(
    {
      tables: ['accounts', 'results'],
      scheduleGroup: 'group',
      sweepSchedule: 'sweep',
      deadLetterQueues: ['https://sqs/1/a-dead-letters', 'https://sqs/1/b-dead-letters'],
      alarmPrefix: 'results-service-prod-operations',
    },
    {
      alarms: answering(new CloudWatchClient(settings), answers.alarms ?? none),
      dynamo: answering(new DynamoDBClient(settings), answers.dynamo ?? none),
      mail: answering(new SESv2Client(settings), answers.mail ?? none),
      queues: answering(new SQSClient(settings), answers.queues ?? none),
      schedules: answering(new SchedulerClient(settings), answers.schedules ?? none),
    },
  )
}

describe('the stage inspector', () => {
  test('counts only alarms of the stage, page by page, and names active ones', async () => {
    const asked: unknown[] = []
    const { alarms } = stage({
      alarms: (input) => {
        asked.push(input.AlarmNamePrefix)
        return input.NextToken
          ? { MetricAlarms: [{ AlarmName: 'slow', StateValue: 'ALARM' }] }
          : { MetricAlarms: [{ AlarmName: 'errors', StateValue: 'OK' }], NextToken: 'more' }
      },
    })
    expect(await alarms()).toEqual({ count: 2, firing: ['slow'] })
    expect(new Set(asked)).toEqual(new Set(['results-service-prod-operations']))
  })

  test('finds a schedule by release and second; a missing or disabled one is none', async () => {
    const schedules: Answer = ({ Name, GroupName }) => {
      if (Name === 'release-1-1796115510' && GroupName === 'group') return { State: 'ENABLED' }
      if (Name === 'sweep') return { State: 'DISABLED' }
      throw new ResourceNotFoundException({ Message: 'none', message: 'none', $metadata: {} })
    }
    const { hasSchedule, isSweepOn } = stage({ schedules })
    expect(await hasSchedule('release-1', at)).toBe(true)
    expect(await hasSchedule('release-2', at)).toBe(false)
    expect(await isSweepOn()).toBe(false)
    const refused = stage({
      schedules: () => {
        throw new Error('not allowed')
      },
    })
    await expect(refused.isSweepOn()).rejects.toThrow('not allowed')
  })

  test('considers a table ready if it is active and, if known, warm', async () => {
    const table = (Table: object) =>
      stage({ dynamo: ({ TableName }) => (TableName === 'results' ? { Table } : active) })
    const active = { Table: { TableStatus: 'ACTIVE' } }
    expect((await table({ TableStatus: 'ACTIVE', WarmThroughput: { Status: 'ACTIVE' } }).tables()).notReady).toEqual([])
    const warming = { TableStatus: 'ACTIVE', WarmThroughput: { Status: 'UPDATING' } }
    expect((await table(warming).tables()).notReady).toEqual(['results'])
    expect((await table({ TableStatus: 'CREATING' }).tables()).notReady).toEqual(['results'])
  })

  test('counts dead letters by queue, and the remaining mail quota', async () => {
    const { deadLetters, mailAccount } = stage({
      queues: ({ QueueUrl }) => ({
        Attributes: { ApproximateNumberOfMessages: String(QueueUrl).includes('/a-') ? '3' : '0' },
      }),
      mail: () => ({
        ProductionAccessEnabled: true,
        SendingEnabled: true,
        SendQuota: { MaxSendRate: 14, Max24HourSend: 50_000, SentLast24Hours: 20_000 },
      }),
    })
    expect(await deadLetters()).toEqual([{ queue: 'a-dead-letters', messages: 3 }])
    expect(await mailAccount()).toEqual({ isOutOfSandbox: true, maySend: true, rate: 14, leftToday: 30_000 })
    const unlimited = stage({ mail: () => ({ SendQuota: { MaxSendRate: 500, Max24HourSend: -1 } }) })
    expect((await unlimited.mailAccount()).leftToday).toBe(Number.MAX_SAFE_INTEGER)
    expect(await unlimited.mailAccount()).toMatchObject({ isOutOfSandbox: false, maySend: false })
  })
})
