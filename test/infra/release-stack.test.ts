import { describe, expect, test } from '@jest/globals'
import { deadLetterQueues, notRedrivable } from '../../shared/contracts/dead-letters.ts'
import { resultMailKinds, resultMailTemplateName } from '../../shared/contracts/mail.ts'
import { type Resource, synthesize } from './synthesized.ts'

const { ofType, functions, templates } = synthesize('prod')
const queues = ofType('AWS::SQS::Queue')
const deadLetters = queues.filter(({ Properties }) => Properties.QueueName.endsWith('-dead-letters'))
const working = queues.filter((queue) => !deadLetters.includes(queue))
const nameOf = ({ Properties }: Resource): string => Properties.QueueName
const isDeadLetters = (arn: unknown) =>
  deadLetters.some(({ logicalId }) => JSON.stringify(arn ?? '').includes(logicalId))

describe('nothing is lost:', () => {
  test('every queue has its own dead-letter queue', () => {
    expect(working.length).toBeGreaterThan(5)
    for (const queue of working) {
      const [target] = queue.Properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt']
      const found = deadLetters.find(({ logicalId }) => logicalId === target)
      expect(found && nameOf(found)).toBe(`${nameOf(queue)}-dead-letters`)
    }
  })

  test('operators can list every dead-letter queue, and redrive messages that came from a queue', () => {
    const named = deadLetters.map((queue) => nameOf(queue).replace(/^results-service-prod-|-dead-letters$/g, ''))
    expect(named.toSorted()).toEqual(Object.keys(deadLetterQueues).toSorted())
    const redrivable = named.filter((name) => !notRedrivable.includes(name as never))
    expect(redrivable.toSorted()).toEqual(
      working.map((queue) => nameOf(queue).replace('results-service-prod-', '')).toSorted(),
    )
  })

  test('every target of a rule has a dead-letter queue', () => {
    const targets = ofType('AWS::Events::Rule').flatMap(({ Properties }) => Properties.Targets ?? [])
    // The archive's own rule has no target but the archive.
    const ours = targets.filter(({ Arn }) => JSON.stringify(Arn).includes('Queue'))
    expect(ours.length).toBeGreaterThanOrEqual(5)
    for (const { DeadLetterConfig } of ours) expect(isDeadLetters(DeadLetterConfig?.Arn)).toBe(true)
  })

  test('every schedule has a dead-letter queue', () => {
    const schedules = ofType('AWS::Scheduler::Schedule')
    expect(schedules.length).toBeGreaterThan(0)
    for (const { Properties } of schedules) expect(isDeadLetters(Properties.Target.DeadLetterConfig?.Arn)).toBe(true)
  })

  test('every stream mapping has a failure destination', () => {
    const streams = ofType('AWS::Lambda::EventSourceMapping').filter(({ Properties }) => Properties.StartingPosition)
    expect(streams.length).toBeGreaterThan(0)
    for (const { Properties } of streams) {
      expect(isDeadLetters(Properties.DestinationConfig?.OnFailure.Destination)).toBe(true)
      expect(Properties.BisectBatchOnFunctionError).toBe(true)
    }
  })

  test('functions invoked asynchronously by Scheduler have a dead-letter queue', () => {
    const release = functions.find(({ Properties }) => Properties.FunctionName.endsWith('release-release-results'))
    expect(isDeadLetters(release?.Properties.DeadLetterConfig?.TargetArn)).toBe(true)
  })

  test('dead letters stay for 14 days', () => {
    for (const { Properties } of deadLetters) expect(Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600)
  })

  test('an account mail throttled because of result mails is retried for half an hour', () => {
    const queue = working.find(({ Properties }) => Properties.QueueName === 'results-service-prod-account-emails')
    const { VisibilityTimeout, RedrivePolicy } = queue?.Properties ?? {}
    expect(VisibilityTimeout * RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(30 * 60)
  })

  test('one bad message does not fail its batch', () => {
    const sources = ofType('AWS::Lambda::EventSourceMapping')
    expect(sources.length).toBeGreaterThan(5)
    for (const { Properties } of sources) expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
  })

  test('Lambda’s loop detection does not stop messages that return to their own queue', () => {
    // Its second round, for the lanes of a plan, is its last.
    const boundedLoops = ['results-service-prod-mail-plan-result-emails']
    const policies = ofType('AWS::IAM::Policy')
    const looping = ofType('AWS::Lambda::EventSourceMapping').flatMap(
      ({ Properties: { EventSourceArn, FunctionName } }) => {
        const lambda = functions.find(({ logicalId }) => FunctionName.Ref === logicalId)
        const role = lambda?.Properties.Role['Fn::GetAtt'][0]
        const feeds = policies
          .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
          .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
          .some(({ Action, Resource }) => {
            const resources = [Resource].flat().map((resource) => JSON.stringify(resource))
            return [Action].flat().includes('sqs:SendMessage') && resources.includes(JSON.stringify(EventSourceArn))
          })
        return feeds && lambda ? [lambda] : []
      },
    )
    const names = looping.map(({ Properties }) => Properties.FunctionName)
    expect(names).toContain('results-service-prod-mail-send-result-emails')
    expect(names.filter((_, index) => looping[index]?.Properties.RecursiveLoop !== 'Allow')).toEqual(boundedLoops)
  })

  test('Lambda fetches no more messages from a queue than it can process', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').filter(({ Properties }) => !Properties.StartingPosition)
    expect(mappings).toHaveLength(working.length)
    for (const { Properties } of mappings) {
      expect(Properties.ScalingConfig?.MaximumConcurrency).toBeGreaterThanOrEqual(2)
    }
  })

  test('high load cannot block a release: prod reserves concurrency for it, other stages need no raised limit', () => {
    const reserved = ({ functions }: Pick<ReturnType<typeof synthesize>, 'functions'>) =>
      functions.flatMap(({ Properties: { FunctionName, ReservedConcurrentExecutions } }) =>
        ReservedConcurrentExecutions ? [[FunctionName, ReservedConcurrentExecutions]] : [],
      )
    expect(reserved({ functions })).toEqual([['results-service-prod-release-release-results', 50]])
    expect(reserved(synthesize('dev'))).toEqual([])
  })

  test('a message stays invisible while its function may still be processing it', () => {
    for (const source of ofType('AWS::Lambda::EventSourceMapping')) {
      const queue = queues.find(({ logicalId }) => JSON.stringify(source.Properties.EventSourceArn).includes(logicalId))
      const lambda = functions.find(({ logicalId }) => source.Properties.FunctionName.Ref === logicalId)
      if (!queue) continue
      expect(queue.Properties.VisibilityTimeout).toBeGreaterThan(lambda?.Properties.Timeout)
    }
  })
})

test('queues are encrypted and only accessible by TLS', () => {
  const policies = JSON.stringify(ofType('AWS::SQS::QueuePolicy'))
  for (const { Properties, logicalId } of queues) {
    expect(Properties.SqsManagedSseEnabled).toBe(true)
    expect(policies).toContain(logicalId)
  }
  for (const { Properties } of ofType('AWS::SQS::QueuePolicy')) {
    expect(Properties.PolicyDocument.Statement[0]).toMatchObject({
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    })
  }
})

test.each([
  ['candidate-registered', 'account-emails'],
  ['account-locked', 'account-emails'],
  ['many-failures', 'account-emails'],
  ['password-reset-requested', 'account-emails'],
  ['password-changed', 'account-emails'],
  ['email-change-requested', 'account-emails'],
  ['email-changed', 'account-emails'],
  ['release-approved', 'release-seals'],
  ['results-released', 'release-plans'],
])('the event %s goes from the service’s bus to the queue %s', (type, queue) => {
  const rule = ofType('AWS::Events::Rule').find(
    ({ Properties }) => Properties.EventPattern?.['detail-type']?.[0] === type,
  )
  expect(rule?.Properties.EventPattern.source).toEqual(['results-service'])
  expect(JSON.stringify(rule?.Properties.EventBusName)).toContain('bus')
  const target = working.find(({ logicalId }) => JSON.stringify(rule?.Properties.Targets[0].Arn).includes(logicalId))
  expect(target && nameOf(target)).toBe(`results-service-prod-${queue}`)
})

test.each(['entries', 'results'])('a file of %s goes to its own queue', (kind) => {
  const rule = ofType('AWS::Events::Rule').find(
    ({ Properties }) => Properties.EventPattern?.detail?.object?.key[0].prefix === `${kind}/`,
  )
  expect(rule?.Properties.EventPattern).toMatchObject({ source: ['aws.s3'], 'detail-type': ['Object Created'] })
  expect(rule?.Properties.EventBusName).toBeUndefined()
  const target = working.find(({ logicalId }) => JSON.stringify(rule?.Properties.Targets[0].Arn).includes(logicalId))
  expect(target && nameOf(target)).toBe(`results-service-prod-${kind}-imports`)
})

test('while an API alarm is on, mails are slowed down; the alarms have the names in the rule', () => {
  const rule = ofType('AWS::Events::Rule').find(({ Properties }) =>
    JSON.stringify(Properties.EventPattern).includes('CloudWatch Alarm State Change'),
  )
  const names = rule?.Properties.EventPattern.detail.alarmName as string[]
  const alarms = ofType('AWS::CloudWatch::Alarm').map(({ Properties }): string => Properties.AlarmName)
  expect(names).toEqual(['results-service-prod-api-errors', 'results-service-prod-api-slow'])
  for (const name of names) expect(alarms).toContain(name)
})

test('no address, subject or header of SES events reaches a queue', () => {
  const rules = ofType('AWS::Events::Rule').filter(({ Properties }) =>
    JSON.stringify(Properties.EventPattern).includes('aws.ses'),
  )
  expect(rules.length).toBeGreaterThanOrEqual(4)
  for (const { Properties } of rules) {
    const [{ InputTransformer }] = Properties.Targets
    for (const path of Object.values(InputTransformer.InputPathsMap)) {
      expect(path).toMatch(
        /^\$\.detail\.(eventType|bounce\.bounceType|mail\.tags\.(release|delivery|event|address)\[0\])$/,
      )
    }
  }
})

test('expired records are deleted every day', () => {
  templates.release.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 day)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Input: JSON.stringify({
        candidateDays: 1_096,
        releaseDays: 2_557,
        accountMailDays: 460,
        importDays: 1_827,
        auditDays: 2_557,
      }),
    },
  })
})

test('due releases are looked for every minute', () => {
  templates.release.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Input: '{"sweep":true}' },
  })
})

describe('mail', () => {
  test('is tracked by events on the account’s default bus', () => {
    templates.release.hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: [
          'SEND',
          'DELIVERY',
          'DELIVERY_DELAY',
          'BOUNCE',
          'COMPLAINT',
          'REJECT',
          'RENDERING_FAILURE',
        ],
      },
    })
  })

  test('about results has one template for each language, with the names that the sender uses', () => {
    const names = ofType('AWS::SES::Template').map(({ Properties }): string => Properties.Template.TemplateName)
    const [sender] = functions.filter(({ Properties }) => Properties.FunctionName.endsWith('send-result-emails'))
    const prefix = sender?.Properties.Environment.Variables.RESULT_MAIL_TEMPLATE_PREFIX
    expect(names.toSorted()).toEqual(
      resultMailKinds
        .flatMap((kind) =>
          ['de', 'en', 'es', 'fr', 'it'].map((language) => resultMailTemplateName(prefix, kind, language)),
        )
        .toSorted(),
    )
  })

  const allowListOf = (stage: 'dev' | 'staging' | 'prod') =>
    (stage === 'prod' ? functions : synthesize(stage).functions)
      .map(({ Properties }) => Properties.Environment?.Variables.MAIL_ALLOW_LIST)
      .filter((list) => list !== undefined)

  test('reaches everybody only from prod', () => {
    expect(allowListOf('prod')).toEqual(['*', '*'])
    expect(allowListOf('staging')).toEqual(['@simulator.amazonses.com', '@simulator.amazonses.com'])
    expect(allowListOf('dev')).toEqual(['@simulator.amazonses.com', '@simulator.amazonses.com'])
  })
})
