/** CloudWatch namespace of the service's own metrics; their only dimension is the stage. */
export const metricNamespace = 'results-service'
export const stageDimension = 'stage'

/** Custom metrics. */
export type CountedMetric = 'Locks' | 'ManyFailures' | 'MailsStopped'

/** The message of the log line of each request; its level is ERROR if the request failed with a 500. */
export const answeredLine = 'answered'
