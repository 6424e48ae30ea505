import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { operations } from '../../shared/contracts/http.ts'
import { synthesize } from './synthesized.ts'

const { ofType, functions, templates } = synthesize('prod', { settings: { alarmEmail: 'ops@example.org' } })
const alarms = ofType('AWS::CloudWatch::Alarm')
const queueNames = ofType('AWS::SQS::Queue').map(({ Properties }): string => Properties.QueueName)

const watched = (metric: string, dimension: string): string[] =>
  alarms
    .filter(({ Properties }) => Properties.MetricName === metric)
    .flatMap(({ Properties }) => Properties.Dimensions)
    .filter(({ Name }) => Name === dimension)
    .map(({ Value }): string => Value)
    .toSorted()

describe('there is an alarm', () => {
  test('for each dead-letter queue, from the first message on', () => {
    expect(watched('ApproximateNumberOfMessagesVisible', 'QueueName')).toEqual(
      queueNames.filter((name) => name.endsWith('-dead-letters')).toSorted(),
    )
  })

  test('for each other queue that falls behind', () => {
    expect(watched('ApproximateAgeOfOldestMessage', 'QueueName')).toEqual(
      queueNames.filter((name) => !name.endsWith('-dead-letters')).toSorted(),
    )
  })

  test('for each function that fails', () => {
    expect(watched('Errors', 'FunctionName')).toEqual(
      functions.map(({ Properties }): string => Properties.FunctionName).toSorted(),
    )
  })

  test('for each function with server errors, which Lambda does not count as errors, as the function responds', () => {
    const answering = [...new Set(Object.values(operations).map((operation) => operation.function))]
    expect(watched('Faults', 'operation')).toEqual([...answering, 'reference/answer-unknown-path'].toSorted())
    const filters = ofType('AWS::Logs::MetricFilter')
    expect(filters).toHaveLength(answering.length + 1)
    for (const { Properties } of filters) {
      expect(Properties.FilterPattern).toBe('{ ($.level = "ERROR") && ($.message = "answered") }')
      expect(Properties.MetricTransformations).toMatchObject([
        {
          MetricNamespace: 'results-service-prod',
          MetricName: 'Faults',
          Dimensions: [{ Key: 'operation', Value: '$.operation' }],
        },
      ])
    }
  })

  test('when the sweep for due releases does not run, even without any data', () => {
    const silent = alarms.find(({ Properties }) => Properties.MetricName === 'Invocations')
    expect(silent?.Properties).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      Dimensions: [{ Name: 'FunctionName', Value: 'results-service-prod-release-release-results' }],
    })
  })

  test.each(['ReadThrottleEvents', 'WriteThrottleEvents'])(
    'when DynamoDB counts %s, in any table or index',
    (metric) => {
      const queries = alarms.flatMap(({ Properties }) => (Properties.Metrics ?? []) as object[])
      expect(queries).toContainEqual({
        Id: expect.any(String),
        Label: expect.any(String),
        Expression: `SELECT SUM(${metric}) FROM "AWS/DynamoDB"`,
        Period: 60,
        ReturnData: true,
      })
    },
  )

  test.each(['Reputation.BounceRate', 'Reputation.ComplaintRate'])('before %s makes AWS suspend sending', (metric) => {
    const limit = metric === 'Reputation.BounceRate' ? 0.05 : 0.001
    const alarm = alarms.find(({ Properties }) => Properties.MetricName === metric)
    expect(alarm?.Properties.Threshold).toBeLessThan(limit)
  })
})

test.each(alarms.map(({ logicalId, Properties }): [string, string] => [logicalId, Properties.AlarmDescription]))(
  '%s describes the effect on candidates and links its runbook',
  (_id, description) => {
    const [, sentence, page] =
      /^(.{15,}\.) What to do: (docs\/operations\/alarms\/[a-z-]+\.md)$/.exec(description) ?? []
    expect(sentence).toBeDefined()
    expect(existsSync(new URL(`../../${page}`, import.meta.url))).toBe(true)
  },
)

test('a notification is sent when an alarm starts and when it ends', () => {
  for (const { Properties } of alarms) {
    expect(Properties.AlarmActions).toHaveLength(1)
    expect(Properties.OKActions).toEqual(Properties.AlarmActions)
  }
  templates.operations.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'ops@example.org',
  })
})

test('a notification is sent when a month exceeds its budget', () => {
  templates.operations.hasResourceProperties('AWS::Budgets::Budget', {
    Budget: { BudgetLimit: { Amount: 2000, Unit: 'USD' }, TimeUnit: 'MONTHLY' },
  })
})

test('the only export of other stacks that the alarms need is the API’s address', () => {
  const imports = JSON.stringify(templates.operations.toJSON()).match(/results-service-prod-[a-z]+:Exports\w+/g) ?? []
  expect([...new Set(imports)]).toEqual([expect.stringContaining('results-service-prod-web:ExportsOutputRefhttpapi')])
})
