/** Where the service's own metrics are in CloudWatch; each has the stage as its only dimension. */
export const metricNamespace = 'results-service'
export const stageDimension = 'stage'

/** What the service counts itself. */
export type CountedMetric = 'Locks' | 'ManyFailures' | 'MailsStopped'
