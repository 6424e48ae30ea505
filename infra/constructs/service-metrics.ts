import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { FunctionName } from '../../shared/contracts/environments.ts'
import { type CountedMetric, metricNamespace, stageDimension } from '../../shared/contracts/metrics.ts'
import { type Stage, stageResourceName } from '../stages.ts'
import { fiveMinutes, oneMinute } from './service-alarm.ts'

/**
 * Metrics by physical names of functions and queues. A reference would create an export, and an export that an alarm reads
 * blocks the deployment that removes its function.
 */
export const functionMetric = (functionName: string, metricName: 'Errors' | 'Invocations' | 'IteratorAge'): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName },
    statistic: metricName === 'IteratorAge' ? 'Maximum' : 'Sum',
    period: fiveMinutes,
  })

export const queueMetric = (
  queueName: string,
  metricName: 'ApproximateNumberOfMessagesVisible' | 'ApproximateAgeOfOldestMessage',
): Metric =>
  new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: queueName },
    statistic: 'Maximum',
    period: oneMinute,
  })

/** Requests answered 5xx, in percent; nothing while fewer than 20 a minute make percentages meaningless. */
export const serverErrorRate = (api: HttpApi): MathExpression =>
  new MathExpression({
    expression: 'IF(requests >= 20, 100 * failed / requests, 0)',
    usingMetrics: {
      requests: api.metricCount({ statistic: 'Sum', period: oneMinute }),
      failed: api.metricServerError({ statistic: 'Sum', period: oneMinute }),
    },
    label: 'Requests answered 5xx, %',
    period: oneMinute,
  })

/** Latency of requests, 99th percentile, in milliseconds. */
export const p99Latency = (api: HttpApi): Metric =>
  api.metricLatency({ statistic: 'p99', period: oneMinute, label: 'Latency p99, ms' })

/** Share of mails that bounced or were complained about, as SES counts it for the whole account. */
export const reputation = (metricName: 'Reputation.BounceRate' | 'Reputation.ComplaintRate'): Metric =>
  new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Average', period: fiveMinutes })

/** A metric that the service's own code counts, for one stage. */
export const countedMetric = (stage: Stage, metricName: CountedMetric): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { [stageDimension]: stage.name },
    statistic: 'Sum',
    period: fiveMinutes,
  })

/** Requests to one function answered with a 500 (`ServiceFunction.countFaults`). */
export const answeredFaults = (stage: Stage, operation: FunctionName): Metric =>
  new Metric({
    namespace: stageResourceName(stage),
    metricName: 'Faults',
    dimensionsMap: { operation },
    statistic: 'Sum',
    period: fiveMinutes,
  })

/** Schedules that EventBridge Scheduler gave up on, in one group. */
export const droppedSchedules = (group: string): Metric =>
  new Metric({
    namespace: 'AWS/Scheduler',
    metricName: 'InvocationDroppedCount',
    dimensionsMap: { ScheduleGroup: group },
    statistic: 'Sum',
    period: oneMinute,
  })

/** Invocations throttled by the account's concurrency limit. */
export const throttledInvocations = new Metric({
  namespace: 'AWS/Lambda',
  metricName: 'Throttles',
  statistic: 'Sum',
  period: fiveMinutes,
})

/**
 * Reads or writes that DynamoDB throttled, over all tables and indexes of the account: a Metrics Insights query, since
 * the metric exists by table and index only and an alarm adds up ten metrics at most
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html).
 */
export const throttledTableRequests = (metricName: 'ReadThrottleEvents' | 'WriteThrottleEvents'): MathExpression =>
  new MathExpression({
    expression: `SELECT SUM(${metricName}) FROM "AWS/DynamoDB"`,
    label: metricName === 'ReadThrottleEvents' ? 'Reads throttled by DynamoDB' : 'Writes throttled by DynamoDB',
    period: oneMinute,
  })
