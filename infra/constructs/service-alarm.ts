import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'

/** A page of `docs/operations/alarms/`, without `.md`. */
export type RunbookPage =
  | 'api-errors'
  | 'api-slow'
  | 'dead-letters'
  | 'function-errors'
  | 'lock-storm'
  | 'mail-reputation'
  | 'mails-stopped'
  | 'many-failures'
  | 'outbox-behind'
  | 'queue-behind'
  | 'release-not-executed'
  | 'requests-throttled'
  | 'tables-throttled'

export interface ServiceAlarmProps {
  /** For others to know it by; CloudFormation makes one up if absent. */
  readonly name?: string
  readonly metric: IMetric
  /** Fires from this value on. */
  readonly threshold: number
  /** Periods of the metric in a row; default 1. */
  readonly periods?: number
  /** What candidates notice while it is on: the first words of whoever is woken by it. */
  readonly candidates: string
  readonly runbook: RunbookPage
  /** Fires below the threshold instead, and when nothing is measured at all. */
  readonly whenSilent?: true
  readonly tells: ITopic
}

/** An alarm that says what it means for candidates and which page tells what to do, when it begins and when it ends. */
export const serviceAlarm = (scope: Construct, id: string, props: ServiceAlarmProps): Alarm => {
  const alarm = new Alarm(scope, id, {
    ...(props.name !== undefined && { alarmName: props.name }),
    alarmDescription: `${props.candidates} What to do: docs/operations/alarms/${props.runbook}.md`,
    metric: props.metric,
    threshold: props.threshold,
    evaluationPeriods: props.periods ?? 1,
    comparisonOperator: props.whenSilent
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: props.whenSilent ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  })
  const action = new SnsAction(props.tells)
  alarm.addAlarmAction(action)
  alarm.addOkAction(action)
  return alarm
}

export const oneMinute = Duration.minutes(1)
export const fiveMinutes = Duration.minutes(5)
