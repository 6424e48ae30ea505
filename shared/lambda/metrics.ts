import { type CountedMetric, metricNamespace, stageDimension } from '../contracts/metrics.ts'
import type { Clock } from '../ports/clock.ts'

/** Counts what alarms are about; it can carry nothing but the metric's name and the stage (G7). */
export interface Metrics {
  count(metric: CountedMetric): void
}

/**
 * As one line in CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export const embeddedMetrics = (
  stage: string,
  clock: Pick<Clock, 'now'>,
  // Not by the console: Lambda would wrap what it prints, and CloudWatch would not see the metric in it.
  write: (line: string) => unknown = (line) => process.stdout.write(line),
): Metrics => ({
  count(metric) {
    const Metrics = [{ Name: metric, Unit: 'Count' }]
    const directive = { Namespace: metricNamespace, Dimensions: [[stageDimension]], Metrics }
    const line = {
      _aws: { Timestamp: clock.now(), CloudWatchMetrics: [directive] },
      [stageDimension]: stage,
      [metric]: 1,
    }
    write(`${JSON.stringify(line)}\n`)
  },
})
