import { ArnFormat, Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'
import { type Stage, stageResourceName } from '../stages.ts'
import type { DeadLetters } from './queue-with-dead-letters.ts'
import type { ServiceFunction } from './service-function.ts'

/**
 * How a release starts: a group for the one-time schedules that approvals create, the role with which EventBridge Scheduler
 * invokes the releasing function, and the sweep, which runs every minute and finds what is due (R61).
 */
export class ReleaseSchedule extends Construct {
  readonly groupName: string
  /** Name of the schedule that runs every minute. */
  readonly sweepName: string
  readonly role: Role
  readonly deadLetters: DeadLetters
  readonly releases: ServiceFunction

  constructor(
    scope: Construct,
    props: { readonly stage: Stage; readonly deadLetters: DeadLetters; readonly releases: ServiceFunction },
  ) {
    super(scope, 'release-schedule')
    const { stage, deadLetters, releases } = props
    const functionArn = releases.lambda.functionArn
    this.deadLetters = deadLetters
    this.releases = releases
    this.groupName = stageResourceName(stage)
    const group = new CfnScheduleGroup(this, 'group', { name: this.groupName })
    this.role = new Role(this, 'role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.attrArn } },
      }),
    })
    this.role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }))
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queue.queueArn] }),
    )
    const sweep = new CfnSchedule(this, 'sweep', {
      groupName: group.ref,
      description: 'Releases what is due within the next minute, should its own schedule be lost',
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: functionArn,
        roleArn: this.role.roleArn,
        input: JSON.stringify({ sweep: true }),
        deadLetterConfig: { arn: deadLetters.queue.queueArn },
        // The next sweep comes in a minute anyway.
        retryPolicy: { maximumRetryAttempts: 1, maximumEventAgeInSeconds: 60 },
      },
    })
    sweep.node.addDependency(this.role)
    this.sweepName = sweep.ref
  }

  /** Allows a function to read the schedules of this group. */
  allowReadingSchedules(looker: ServiceFunction): void {
    looker.allowMatching(
      ['scheduler:GetSchedule'],
      this.#schedules(),
      'A schedule is named after the release it is made for; nothing else is in the group but the sweep.',
    )
  }

  #schedules(): string {
    return Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.groupName}/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    })
  }

  /** Allows a function to create one-time schedules in this group, with this role only. */
  allowScheduling(approver: ServiceFunction): void {
    approver.allowMatching(
      ['scheduler:CreateSchedule'],
      this.#schedules(),
      'A schedule is named after the release it is made for; nothing else is in the group but the sweep.',
    )
    approver.role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    )
  }
}
