import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateScheduleCommand,
  type CreateScheduleInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parseSchedule } from '../../../../../infra/local/aws/scheduler/schedule-expression.ts'
import type { LocalResource } from '../../../../../infra/local/types.ts'
import { account, allow, arn, lambda, queue, resource, role, settle, startRun, type TestRun } from '../support.ts'

const groupArn = arn('scheduler', 'schedule-group/releases')
const group = resource('AWS::Scheduler::ScheduleGroup', 'releases', {}, groupArn)
const functionArn = arn('lambda', 'function:releaser')
const schedulerRole = (...statements: object[]): LocalResource => {
  const made = role('schedule-role', ...statements)
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': groupArn } },
      },
    ],
  }
  return { ...made, properties: { ...made.properties, AssumeRolePolicyDocument: trust } }
}
const mayInvoke = schedulerRole(
  allow('lambda:InvokeFunction', functionArn),
  allow('sqs:SendMessage', arn('sqs', 'dead')),
)
const { arn: RoleArn } = mayInvoke
const pass = allow('iam:PassRole', RoleArn, {
  Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
})
const caller = role(
  'caller',
  allow('scheduler:*', arn('scheduler', 'schedule/releases/*')),
  pass,
  allow('sqs:ReceiveMessage', '*'),
)
const base = [group, ...lambda('releaser'), queue('dead')]

const release = (more: Partial<CreateScheduleInput> = {}): CreateScheduleInput => ({
  Name: 'release-1',
  GroupName: 'releases',
  ScheduleExpression: 'at(2030-01-01T10:00:00)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: { Arn: functionArn, RoleArn, Input: '{"releaseId":"1"}', DeadLetterConfig: { Arn: arn('sqs', 'dead') } },
  ...more,
})
const sweep = resource('AWS::Scheduler::Schedule', 'sweep', {
  GroupName: 'releases',
  ScheduleExpression: 'rate(1 minute)',
  Target: { Arn: functionArn, RoleArn, Input: '{"sweep":true}' },
})

let run: TestRun
let client: SchedulerClient
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schedules-'))
})
const stop = async () => {
  client.destroy()
  await run.stop()
}
afterEach(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})

const start = async (resources: readonly LocalResource[], options: Parameters<typeof startRun>[1] = {}) => {
  run = await startRun([...base, ...resources], options)
  client = new SchedulerClient(run.client)
}
const create = (more?: Partial<CreateScheduleInput>) => client.send(new CreateScheduleCommand(release(more)))
const get = () => client.send(new GetScheduleCommand({ Name: 'release-1', GroupName: 'releases' }))
const events = () => run.invocations.map(({ event }) => event)
const named = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: Error) => `${error.name}: ${error.message}`,
  )

describe('a one-time schedule', () => {
  test('invokes its function at its instant, not before, and is then deleted', async () => {
    await start([caller, mayInvoke])
    await expect(create()).resolves.toMatchObject({ ScheduleArn: arn('scheduler', 'schedule/releases/release-1') })
    await run.advance(3_599)
    expect(run.invocations).toEqual([])
    await expect(get()).resolves.toMatchObject({ State: 'ENABLED', CreationDate: new Date('2030-01-01T09:00:00Z') })
    await run.advance(1)
    expect(events()).toEqual([{ releaseId: '1' }])
    expect(await named(get())).toMatch(/^ResourceNotFoundException/)
    expect(run.aws.access.calls()).toContainEqual(
      expect.objectContaining({
        principal: 'role/schedule-role',
        action: 'lambda:InvokeFunction',
        resource: functionArn,
      }),
    )
  })

  test('stays unless deletion is configured, but never fires again', async () => {
    await start([caller, mayInvoke])
    await create({ ActionAfterCompletion: 'NONE' })
    await run.advance(86_400)
    await expect(get()).resolves.toMatchObject({ Name: 'release-1' })
    await run.advance(86_400)
    expect(run.invocations).toHaveLength(1)
  })

  test('has started when a clock move returns, even if the clock moved far beyond it', async () => {
    await start([caller, mayInvoke])
    await create()
    const moved = run.advance(30 * 86_400)
    await moved
    expect(events()).toEqual([{ releaseId: '1' }])
  })

  test('can be changed and deleted', async () => {
    await start([caller, mayInvoke])
    await create()
    await client.send(new UpdateScheduleCommand(release({ ScheduleExpression: 'at(2030-01-01T12:00:00)' })))
    await run.advance(7_200)
    expect(run.invocations).toEqual([])
    await client.send(new DeleteScheduleCommand({ Name: 'release-1', GroupName: 'releases' }))
    await run.advance(86_400)
    expect(run.invocations).toEqual([])
  })

  test('is created once: a duplicate name is a conflict, a retry of the same call is not', async () => {
    await start([caller, mayInvoke])
    await create({ ClientToken: 'token' })
    expect(await named(create({ ClientToken: 'token' }))).toBe('answered')
    expect(await named(create())).toMatch(/^ConflictException/)
  })

  test('is kept in the data folder; one that became due meanwhile fires at the next start', async () => {
    await start([caller, mayInvoke], { dataDir: folder })
    await create()
    await stop()
    await start([caller, mayInvoke], { dataDir: folder })
    await run.advance(3_599)
    expect(run.invocations).toEqual([])
    await stop()
    await start([caller, mayInvoke], { dataDir: folder, startAt: '2030-01-02T00:00:00.000Z' })
    await run.advance(1)
    expect(events()).toEqual([{ releaseId: '1' }])
  })

  test('cannot be created with a role that the caller may not pass, or that does not trust Scheduler', async () => {
    await start([role('caller', allow('scheduler:*', '*')), mayInvoke])
    expect(await named(create())).toMatch(
      /^AccessDeniedException: .* iam:PassRole on resource: .*:role\/schedule-role /,
    )
    await stop()
    await start([caller, role('schedule-role', allow('lambda:InvokeFunction', functionArn))])
    expect(await named(create())).toMatch(
      /^ValidationException: .* must allow AWS EventBridge Scheduler to assume the role/,
    )
  })

  test('goes to the dead-letter queue if its role may not invoke the function', async () => {
    await start([caller, schedulerRole(allow('sqs:SendMessage', arn('sqs', 'dead')))])
    await create()
    await run.advance(3_600)
    expect(run.invocations).toEqual([])
    const { Messages } = await new SQSClient(run.client).send(
      new ReceiveMessageCommand({ QueueUrl: 'http://127.0.0.1/000000000000/dead', MessageAttributeNames: ['All'] }),
    )
    expect(Messages).toMatchObject([
      { Body: '{"releaseId":"1"}', MessageAttributes: { ERROR_CODE: { StringValue: 'AccessDeniedException' } } },
    ])
    expect(run.aws.access.denials()).toMatchObject([
      { principal: 'role/schedule-role', action: 'lambda:InvokeFunction' },
    ])
  })

  test('is rejected if it is unsupported', async () => {
    await start([caller, mayInvoke])
    expect(await named(create({ GroupName: 'others' }))).toMatch(/^AccessDeniedException/)
    expect(await named(create({ ScheduleExpression: 'at(tomorrow)' }))).toMatch(/^ValidationException/)
    expect(await named(create({ ScheduleExpression: 'cron(0 9 * * ? *)' }))).toMatch(/^ValidationException/)
    expect(await named(create({ Name: 'a b' }))).toMatch(/^ValidationException/)
  })
})

describe('a repeated schedule', () => {
  test('fires every minute; minutes that the clock jumped over fire once', async () => {
    await start([caller, mayInvoke, sweep])
    await run.advance(59)
    expect(run.invocations).toEqual([])
    await run.advance(1)
    expect(events()).toEqual([{ sweep: true }])
    await run.advance(60)
    expect(run.invocations).toHaveLength(2)
    await run.advance(3_630)
    expect(run.invocations).toHaveLength(3)
    await run.advance(30)
    expect(run.invocations).toHaveLength(4)
  })

  test("retries a failing function, and finally notifies the function's failure destination", async () => {
    const sends = allow('sqs:SendMessage', arn('sqs', 'dead'))
    const config = resource('AWS::Lambda::EventInvokeConfig', 'config', {
      FunctionName: 'once',
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: arn('sqs', 'dead') } },
    })
    const once = {
      ...sweep,
      properties: {
        ...sweep.properties,
        ScheduleExpression: 'at(2030-01-01T10:00:00)',
        Target: { Arn: arn('lambda', 'function:once'), RoleArn, Input: '{"n":1}' },
      },
    }
    const answer = () => ({ ok: false as const, errorType: 'Broken', errorMessage: 'no' })
    await start([caller, schedulerRole(allow('lambda:InvokeFunction', '*')), once, config, ...lambda('once', sends)], {
      answer,
    })
    await run.advance(3_600)
    await settle()
    await run.advance(60)
    await settle()
    await run.advance(3_600)
    expect(run.invocations).toHaveLength(2)
    const { Messages = [] } = await new SQSClient(run.client).send(
      new ReceiveMessageCommand({ QueueUrl: 'http://127.0.0.1/000000000000/dead' }),
    )
    expect(Messages.map(({ Body = '' }) => JSON.parse(Body))).toMatchObject([
      {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
        requestPayload: { n: 1 },
        responsePayload: { errorType: 'Broken' },
      },
    ])
  })

  test('of an unsupported kind fails at start', async () => {
    await start([])
    const cron = { ...sweep, properties: { ...sweep.properties, ScheduleExpression: 'cron(0 9 * * ? *)' } }
    await expect(startRun([...base, cron])).rejects.toThrow('cron(0 9 * * ? *)')
  })
})

describe('a schedule expression', () => {
  const once = (instant: string) => ({ kind: 'once', instant: Date.parse(instant) })
  test.each([
    ['at(2030-07-01T10:00:00)', undefined, once('2030-07-01T10:00:00Z')],
    ['at(2030-07-01T10:00:00)', 'Europe/London', once('2030-07-01T09:00:00Z')],
    ['at(2030-01-01T10:00:00)', 'Europe/London', once('2030-01-01T10:00:00Z')],
    ['rate(1 minute)', undefined, { kind: 'every', milliseconds: 60_000 }],
    ['rate(12 hours)', undefined, { kind: 'every', milliseconds: 43_200_000 }],
    ['rate(0 minutes)', undefined, undefined],
    ['at(2030-02-31T10:00:00)', undefined, undefined],
    ['at(2030-01-01T10:00:00)', 'Nowhere/Land', undefined],
  ])('%s in %s', (expression, zone, expected) => {
    expect(parseSchedule(expression, zone)).toEqual(expected)
  })
})
