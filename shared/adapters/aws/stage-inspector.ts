import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetScheduleCommand, ResourceNotFoundException, SchedulerClient } from '@aws-sdk/client-scheduler'
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { StageInspector } from '../../ports/stage-inspector.ts'
import { scheduleName } from '../scheduler/release-schedules.ts'
import { clientTimeouts } from './client-timeouts.ts'

export interface InspectedResources {
  readonly tables: readonly string[]
  readonly scheduleGroup: string
  readonly sweepSchedule: string
  /** Their URLs. */
  readonly deadLetterQueues: readonly string[]
  /** Prefix of the names of the stage's alarms. */
  readonly alarmPrefix: string
}

/** A person waits for the answer, so fail fast instead of retrying a service that does not respond. */
const settings = { maxAttempts: 2, ...clientTimeouts() }

/** Inspects the stage through AWS's describe calls. */
export const awsStageInspector = (
  { tables, scheduleGroup, sweepSchedule, deadLetterQueues, alarmPrefix }: InspectedResources,
  clients = {
    alarms: new CloudWatchClient(settings),
    dynamo: new DynamoDBClient(settings),
    mail: new SESv2Client(settings),
    queues: new SQSClient(settings),
    schedules: new SchedulerClient(settings),
  },
): StageInspector => {
  const stateOf = async (Name: string): Promise<string | undefined> => {
    try {
      const { State } = await clients.schedules.send(new GetScheduleCommand({ GroupName: scheduleGroup, Name }))
      return State
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined
      throw error
    }
  }
  return {
    async mailAccount() {
      const {
        ProductionAccessEnabled = false,
        SendingEnabled = false,
        SendQuota = {},
      } = await clients.mail.send(new GetAccountCommand({}))
      const { MaxSendRate = 1, Max24HourSend = -1, SentLast24Hours = 0 } = SendQuota
      return {
        isOutOfSandbox: ProductionAccessEnabled,
        maySend: SendingEnabled,
        rate: MaxSendRate,
        // SES reports -1 for no limit.
        leftToday: Max24HourSend < 0 ? Number.MAX_SAFE_INTEGER : Max24HourSend - SentLast24Hours,
      }
    },
    hasSchedule: async (releaseId, at) => (await stateOf(scheduleName(releaseId, at))) === 'ENABLED',
    isSweepOn: async () => (await stateOf(sweepSchedule)) === 'ENABLED',
    async tables() {
      const described = await Promise.all(
        tables.map(async (TableName) => {
          const { Table = {} } = await clients.dynamo.send(new DescribeTableCommand({ TableName }))
          // DynamoDB Local has no warm throughput and does not report it.
          const isWarm = Table.WarmThroughput === undefined || Table.WarmThroughput.Status === 'ACTIVE'
          return { TableName, isReady: Table.TableStatus === 'ACTIVE' && isWarm }
        }),
      )
      return { names: tables, notReady: described.filter(({ isReady }) => !isReady).map(({ TableName }) => TableName) }
    },
    async deadLetters() {
      const counted = await Promise.all(
        deadLetterQueues.map(async (QueueUrl) => {
          const { Attributes = {} } = await clients.queues.send(
            new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
          )
          return {
            queue: QueueUrl.split('/').at(-1) ?? QueueUrl,
            messages: Number(Attributes.ApproximateNumberOfMessages ?? 0),
          }
        }),
      )
      return counted.filter(({ messages }) => messages > 0)
    },
    async alarms() {
      const firing: string[] = []
      let count = 0
      for await (const page of paginateDescribeAlarms({ client: clients.alarms }, { AlarmNamePrefix: alarmPrefix })) {
        for (const { AlarmName = '', StateValue } of page.MetricAlarms ?? []) {
          count++
          if (StateValue === 'ALARM') firing.push(AlarmName)
        }
      }
      return { count, firing }
    },
  }
}
