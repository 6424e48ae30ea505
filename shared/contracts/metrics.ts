/** Where the service's own metrics are in CloudWatch; each has the stage as its only dimension. */
export const metricNamespace = 'results-service'
export const stageDimension = 'stage'

/** What the service counts itself. */
export type CountedMetric = 'Locks' | 'ManyFailures' | 'MailsStopped'

/** The message of the one line that the log has of each request; at level ERROR, the request ended in a fault. */
export const answeredLine = 'answered'
