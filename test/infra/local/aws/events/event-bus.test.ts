import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, describe, expect, test } from '@jest/globals'
import { compileTargetInput } from '../../../../../infra/local/aws/events/target-input.ts'
import type { LocalResource } from '../../../../../infra/local/types.ts'
import { allow, arn, lambda, queue, queuePolicy, resource, role, settle, startRun, type TestRun } from '../support.ts'

const busArn = arn('events', 'event-bus/results-service-test')
const bus = resource('AWS::Events::EventBus', 'results-service-test', {}, busArn)
const ruleArn = arn('events', 'rule/results-service-test/released')
const rule = (target: object, properties: object = {}): LocalResource =>
  resource(
    'AWS::Events::Rule',
    'released',
    {
      EventBusName: 'results-service-test',
      EventPattern: { source: ['results-service'], 'detail-type': ['results-released'] },
      State: 'ENABLED',
      Targets: [{ Id: 'Target0', ...target }],
      ...properties,
    },
    ruleArn,
  )
const toQueue = { Arn: arn('sqs', 'plans') }
const caller = role(
  'caller',
  allow('events:PutEvents', [busArn, arn('events', 'event-bus/missing')]),
  allow('sqs:ReceiveMessage', '*'),
)
const url = 'http://127.0.0.1/000000000000/plans'

let run: TestRun
let client: EventBridgeClient
afterEach(async () => {
  client.destroy()
  await run.stop()
})

const start = async (resources: readonly LocalResource[], options: Parameters<typeof startRun>[1] = {}) => {
  run = await startRun([bus, caller, ...resources], options)
  client = new EventBridgeClient(run.client)
}
const event = (detail: object, more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  EventBusName: 'results-service-test',
  Source: 'results-service',
  DetailType: 'results-released',
  Detail: JSON.stringify(detail),
  Resources: ['event/1'],
  ...more,
})
const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }))
const receive = async (QueueUrl = url) => {
  const { Messages = [] } = await new SQSClient(run.client).send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  )
  return Messages
}

describe('the bus', () => {
  test('delivers a matching event to the queue of its rule, in EventBridge’s envelope', async () => {
    await start([queue('plans'), queuePolicy('plans', ruleArn), rule(toQueue)])
    const { Entries, FailedEntryCount } = await put(
      event({ session: 's' }),
      event({ session: 's' }, { DetailType: 'other' }),
    )
    expect(FailedEntryCount).toBe(0)
    const messages = await receive()
    expect(messages.map(({ Body = '' }) => JSON.parse(Body))).toEqual([
      {
        version: '0',
        id: Entries?.[0]?.EventId,
        'detail-type': 'results-released',
        source: 'results-service',
        account: '000000000000',
        time: '2030-01-01T09:00:00Z',
        region: 'eu-west-1',
        resources: ['event/1'],
        detail: { session: 's' },
      },
    ])
  })

  test('lists recent events, newest first, with a separate limit per source', async () => {
    await start([])
    await put(event({ n: 1 }), event({ n: 2 }))
    for (let call = 0; call < 210; call += 1) {
      await put(...Array.from({ length: 10 }, () => event({}, { Source: 'much' })))
    }
    const events = run.aws.events() as { source: string; bus: string; detail: { n?: number } }[]
    expect(events).toHaveLength(1_002)
    expect(events.slice(-2).map(({ detail, bus: name }) => [detail.n, name])).toEqual([
      [2, 'results-service-test'],
      [1, 'results-service-test'],
    ])
  })

  test('invokes a function whose permission allows the rule, and retries it', async () => {
    const permission = resource('AWS::Lambda::Permission', 'permission', {
      FunctionName: arn('lambda', 'function:planner'),
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: ruleArn,
    })
    const target = rule({ Arn: arn('lambda', 'function:planner') })
    const answer = () => ({ ok: false as const, errorType: 'Error', errorMessage: 'no' })
    await start([...lambda('planner'), permission, target], { answer })
    await put(event({ session: 's' }))
    expect(run.invocations).toMatchObject([{ event: { detail: { session: 's' } } }])
    await settle()
    await run.advance(60)
    await settle()
    await run.advance(120)
    await settle()
    await run.advance(3_600)
    expect(run.invocations).toHaveLength(3)
  })

  test('does not invoke a function without that permission', async () => {
    await start([...lambda('planner'), rule({ Arn: arn('lambda', 'function:planner') })])
    await put(event({}))
    expect(run.invocations).toEqual([])
    expect(run.aws.access.denials()).toMatchObject([
      { principal: 'events.amazonaws.com', action: 'lambda:InvokeFunction' },
    ])
  })

  test('sends an event to the dead-letter queue if the target queue denies it', async () => {
    const target = { ...toQueue, DeadLetterConfig: { Arn: arn('sqs', 'dead') } }
    await start([queue('plans'), queue('dead'), queuePolicy('dead', ruleArn), rule(target)])
    await put(event({ session: 's' }))
    expect(await receive()).toEqual([])
    expect(await receive(url.replace('plans', 'dead'))).toMatchObject([
      {
        Body: expect.stringContaining('"detail":{"session":"s"}'),
        MessageAttributes: {
          ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
          RULE_ARN: { StringValue: ruleArn },
          TARGET_ARN: { StringValue: toQueue.Arn },
        },
      },
    ])
    expect(run.aws.access.denials()).toMatchObject([
      { principal: 'events.amazonaws.com', action: 'sqs:SendMessage', resource: toQueue.Arn },
    ])
  })

  test('ignores a disabled rule', async () => {
    await start([queue('plans'), queuePolicy('plans', ruleArn), rule(toQueue, { State: 'DISABLED' })])
    await put(event({}))
    expect(await receive()).toEqual([])
  })

  test('rejects one bad entry and accepts the others', async () => {
    await start([])
    const { Entries = [], FailedEntryCount } = await put(
      event({}),
      event({}, { Detail: 'no json' }),
      event({}, { Source: 'aws.s3' }),
      event({}, { DetailType: '' }),
    )
    expect(FailedEntryCount).toBe(3)
    expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'NotAuthorizedForSourceException',
      'InvalidArgument',
    ])
  })

  test('rejects whole calls as AWS does', async () => {
    await start([])
    const named = (call: Promise<unknown>) =>
      call.then(
        () => 'answered',
        (error: Error) => `${error.name}: ${error.message}`,
      )
    expect(await named(put(...Array.from({ length: 11 }, () => event({}))))).toMatch(/^ValidationException/)
    expect(await named(put(event({ text: 'x'.repeat(270_000) })))).toMatch(/^ValidationException/)
    expect(await named(put(event({}, { EventBusName: 'missing' })))).toMatch(/^ResourceNotFoundException/)
    expect(await named(put(event({}, { EventBusName: 'default' })))).toMatch(
      /^AccessDeniedException: .* events:PutEvents on resource: .*event-bus\/default /,
    )
  })

  test.each([
    ['a schedule', rule(toQueue, { ScheduleExpression: 'rate(1 minute)' }), 'schedules'],
    ['a target of another kind', rule({ Arn: arn('logs', 'log-group:x') }), 'targets such as'],
    ['a property of a target', rule({ ...toQueue, HttpParameters: {} }), 'HttpParameters'],
    ['a path', rule({ ...toQueue, InputPath: '$..key' }), '$..key'],
  ])('refuses to start on %s that is not supported', async (_, unknown, words) => {
    await start([])
    await expect(startRun([unknown])).rejects.toThrow(words)
  })
})

describe('a target’s input', () => {
  const names = { arn: ruleArn, name: 'released' }
  const seen = {
    id: 'e1',
    time: '2030-01-01T09:00:00Z',
    detail: { key: 'a/"b".csv', size: 3, tags: { 'ses:kind': ['x', 'y'] } },
  }
  const input = (properties: object) => compileTargetInput(properties, names, 'rule')(seen)

  test.each([
    ['the whole event', {}, JSON.stringify(seen)],
    ['a fixed text', { Input: '{"sweep":true}' }, '{"sweep":true}'],
    ['a part of the event', { InputPath: '$.detail.tags' }, '{"ses:kind":["x","y"]}'],
    ['nothing where there is nothing', { InputPath: '$.detail.none' }, 'null'],
  ])('%s', (_, properties, expected) => {
    expect(input(properties)).toBe(expected)
  })

  test('a template, with values outside and inside quotes', () => {
    const InputPathsMap = {
      key: '$.detail.key',
      size: '$.detail.size',
      kind: "$.detail.tags['ses:kind'][1]",
      none: '$.detail.none',
    }
    const InputTemplate =
      '{"key":<key>,"size":<size>,"kind":<kind>,"text":"\\"<key>\\" has <size>","none":<none>,"rule":"<aws.events.rule-name>","at":<aws.events.event.ingestion-time>}'
    expect(JSON.parse(input({ InputTransformer: { InputPathsMap, InputTemplate } }))).toEqual({
      key: 'a/"b".csv',
      size: 3,
      kind: 'y',
      text: '"a/"b".csv" has 3',
      none: '',
      rule: 'released',
      at: '2030-01-01T09:00:00Z',
    })
  })
})
