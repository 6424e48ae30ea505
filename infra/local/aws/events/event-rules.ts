import { StartUpError } from '../../start-up-error.ts'
import type { LocalResource } from '../../types.ts'
import { nameOf } from '../access/role-policies.ts'
import type { ArnResolver } from '../arn-resolver.ts'
import { compilePattern, type Matches } from './event-pattern.ts'
import { compileTargetInput, type TargetInput, type TargetInputProperties } from './target-input.ts'

/** One compiled rule of a bus. */
export interface EventRule {
  readonly arn: string
  readonly busArn: string
  readonly matches: Matches
  readonly targets: readonly RuleTarget[]
}

export interface RuleTarget {
  readonly arn: string
  readonly input: TargetInput
  readonly deadLetterArn?: string
}

interface RuleProperties {
  readonly Name?: string
  readonly EventBusName?: string
  readonly EventPattern?: unknown
  readonly ScheduleExpression?: string
  readonly State?: string
  readonly Targets?: readonly (TargetInputProperties & Readonly<Record<string, unknown>>)[]
}

/** Compiles an `AWS::Events::Rule`; undefined if it is disabled. Throws StartUpError on unsupported properties. */
export const compileRule = (rule: LocalResource, names: ArnResolver): EventRule | undefined => {
  const source = nameOf(rule)
  const { EventBusName, EventPattern, ScheduleExpression, State, Targets = [] } = rule.properties as RuleProperties
  if (ScheduleExpression)
    throw new StartUpError(`${source}: the local run supports schedules of Scheduler, not of rules`)
  if (State === 'DISABLED') return undefined
  return {
    arn: rule.arn,
    busArn: names.bus(EventBusName),
    matches: compilePattern(EventPattern, source),
    targets: Targets.map((target) => compileTarget(target, rule, source)),
  }
}

/** Supported target properties; retry policies have no effect, as no local target is ever busy. */
const knownProperties = ['Arn', 'Id', 'Input', 'InputPath', 'InputTransformer', 'DeadLetterConfig', 'RetryPolicy']

const compileTarget = (
  target: TargetInputProperties & Readonly<Record<string, unknown>>,
  rule: LocalResource,
  source: string,
): RuleTarget => {
  const unknown = Object.keys(target).find((property) => !knownProperties.includes(property))
  if (unknown) throw new StartUpError(`${source}: the local run does not support the target's ${unknown}`)
  const arn = String(target.Arn)
  if (!/^arn:aws:(sqs|lambda):/.test(arn))
    throw new StartUpError(`${source}: the local run does not support targets such as ${arn}`)
  const deadLetterArn = (target.DeadLetterConfig as { Arn?: string } | undefined)?.Arn
  const name = rule.arn.split('/').at(-1) ?? ''
  return {
    arn,
    input: compileTargetInput(target, { arn: rule.arn, name }, source),
    ...(deadLetterArn && { deadLetterArn }),
  }
}
