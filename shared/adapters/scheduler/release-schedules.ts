import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import type { ReleaseTrigger } from '../../contracts/messages.ts'
import { type EpochMilliseconds, second, toIso } from '../../domain/time.ts'
import type { ReleaseSchedules } from '../../ports/releases.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'

export interface ReleaseScheduleTarget {
  readonly groupName: string
  readonly functionArn: string
  /** With which EventBridge Scheduler calls the function. */
  readonly roleArn: string
  readonly deadLettersArn: string
}

/** A release that was held gets another schedule while its first may still be there, so the second is part of the name. */
export const scheduleName = (releaseId: string, at: EpochMilliseconds): string =>
  `${releaseId}-${Math.floor(at / second)}`

/** One-time schedules named by release and second; they delete themselves once they have fired. */
export const schedulerReleaseSchedules = (
  { groupName, functionArn, roleArn, deadLettersArn }: ReleaseScheduleTarget,
  client = new SchedulerClient(clientTimeouts()),
): ReleaseSchedules => ({
  async schedule({ session, releaseId }, at) {
    const input: ReleaseTrigger = { session, releaseId }
    const create = new CreateScheduleCommand({
      Name: scheduleName(releaseId, at),
      GroupName: groupName,
      // In UTC and to the second, as `at()` wants it.
      ScheduleExpression: `at(${toIso(at).slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: functionArn,
        RoleArn: roleArn,
        Input: JSON.stringify(input),
        DeadLetterConfig: { Arn: deadLettersArn },
        RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3_600 },
      },
    })
    try {
      await client.send(create)
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error
    }
  },
})
