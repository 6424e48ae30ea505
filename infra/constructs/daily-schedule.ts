import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'
import { type Stage, stageResourceName } from '../stages.ts'
import type { DeadLetters } from './queue-with-dead-letters.ts'
import type { ServiceFunction } from './service-function.ts'

export interface DailyScheduleProps {
  readonly stage: Stage
  readonly description: string
  readonly runs: ServiceFunction
  readonly input: object
  readonly deadLetters: DeadLetters
}

/** Invokes a function once a day, with a role that can do nothing else. */
export class DailySchedule extends Construct {
  constructor(scope: Construct, id: string, { stage, description, runs, input, deadLetters }: DailyScheduleProps) {
    super(scope, id)
    const group = new CfnScheduleGroup(this, 'group', { name: stageResourceName(stage, id) })
    const role = new Role(this, 'role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.attrArn } },
      }),
    })
    const allow = (action: string, resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }))
    allow('lambda:InvokeFunction', runs.lambda.functionArn)
    allow('sqs:SendMessage', deadLetters.queue.queueArn)
    const schedule = new CfnSchedule(this, 'schedule', {
      groupName: group.ref,
      description,
      scheduleExpression: 'rate(1 day)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: runs.lambda.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify(input),
        deadLetterConfig: { arn: deadLetters.queue.queueArn },
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 3_600 },
      },
    })
    schedule.node.addDependency(role)
  }
}
