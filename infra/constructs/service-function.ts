import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  EventSourceMapping,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Environment, FunctionName, TableVariableOf } from '../../shared/contracts/environments.ts'
import { answeredLine } from '../../shared/contracts/metrics.ts'
import { type TableName, type TableVariable, tableVariable } from '../../shared/contracts/tables.ts'
import { type FunctionFolders, flatName } from '../bundle.ts'
import { type Stage, stageResourceName } from '../stages.ts'
import { acknowledgeWildcard } from './acknowledge.ts'
import type { DeadLetters, QueueWithDeadLetters } from './queue-with-dead-letters.ts'
import type { RunbookPage } from './service-alarm.ts'
import { type TableAccess, type Tables, tableStatements } from './table-access.ts'

/** Common parts of all functions of a stage. */
export interface FunctionParts {
  readonly stage: Stage
  readonly folders: FunctionFolders
  readonly tables: Tables
}

export interface ServiceFunctionProps<Name extends FunctionName> {
  readonly name: Name
  readonly parts: FunctionParts
  /** Allowed actions for each table in its environment; exactly these tables, or it does not compile. */
  readonly tables: { readonly [Table in TablesOf<Name>]: TableAccess<Table> } & {
    readonly [Table in Exclude<TableName, TablesOf<Name>>]?: never
  }
  /** The other variables: exactly those in the contract. */
  readonly environment: { readonly [Variable in OtherVariables<Name>]: string } & {
    readonly [Variable in Exclude<OtherVariables<FunctionName>, OtherVariables<Name>>]?: never
  }
  /** What candidates notice while it fails; used in its alarm. */
  readonly whenFailing: string
  /** Page of the alarm on its failures; default `function-errors`. */
  readonly runbook?: RunbookPage
  /** Failures within five minutes that raise no alarm; default 4. */
  readonly toleratedFaults?: number
  /** CPU comes with memory: 1,769 MB are one whole core. Default 512. */
  readonly memory?: number
  /** Default 10 s. */
  readonly timeout?: Duration
  /** Dead-letter queue for failed events, if the function is invoked asynchronously. */
  readonly deadLetters?: DeadLetters
  /**
   * It requeues messages to its own source queue, to continue later. Lambda would stop that as a runaway loop, and move the
   * message to the dead-letter queue after 16 rounds (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html).
   */
  readonly allowsRecursion?: true
  /** Reserved concurrency; none if absent. */
  readonly reservedConcurrency?: number | undefined
}

type TablesOf<Name extends FunctionName> = {
  [Table in TableName]: TableVariableOf<Table> extends keyof Environment<Name> ? Table : never
}[TableName]

type OtherVariables<Name extends FunctionName> = Name extends FunctionName
  ? Exclude<keyof Environment<Name>, TableVariable>
  : never

/**
 * One Lambda function with its own role, which may write its own log, send traces and do what is allowed here explicitly; no
 * managed policy.
 */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction
  readonly role: Role
  /** Known before deployment, so that alarms need no reference to this stack. */
  readonly functionName: string
  readonly whenFailing: string
  readonly runbook: RunbookPage
  readonly toleratedFaults: number
  readonly timeout: Duration
  readonly name: FunctionName
  readonly #stage: Stage
  readonly #logGroup: LogGroup
  #countsFaults = false

  constructor(scope: Construct, props: ServiceFunctionProps<FunctionName>) {
    super(scope, flatName(props.name))
    const { stage, folders, tables } = props.parts
    this.functionName = stageResourceName(stage, flatName(props.name))
    this.whenFailing = props.whenFailing
    this.runbook = props.runbook ?? 'function-errors'
    this.toleratedFaults = props.toleratedFaults ?? 4
    this.timeout = props.timeout ?? Duration.seconds(10)
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    this.name = props.name
    this.#stage = stage
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${this.functionName}`,
      retention: stage.logDays,
      removalPolicy: stage.durable ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })
    this.#logGroup = logGroup
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn)

    const access = Object.entries(props.tables) as [TableName, TableAccess<TableName>][]
    for (const [table, actions] of access) {
      for (const statement of tableStatements(tables[table], actions)) this.role.addToPolicy(statement)
    }
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: this.functionName,
      role: this.role,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(folders(props.name)),
      handler: 'index.handler',
      memorySize: props.memory ?? 512,
      timeout: this.timeout,
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      ...(props.deadLetters && { deadLetterQueue: props.deadLetters.queue }),
      ...(props.reservedConcurrency && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.allowsRecursion && { recursiveLoop: RecursiveLoop.ALLOW }),
      environment: {
        ...Object.fromEntries(access.map(([table]) => [tableVariable(table), tables[table].tableName])),
        ...(props.environment as Record<string, string>),
      },
    })
    acknowledgeWildcard(this.role, '*', 'X-Ray takes traces for no resource but `*`.')
  }

  /**
   * Counts requests answered with a 500, by a metric filter on its log: Lambda counts them as successes, and in the API's
   * overall error rate those of a single function may be too few to show.
   */
  countFaults(): void {
    this.#countsFaults = true
    new MetricFilter(this, 'Faults', {
      logGroup: this.#logGroup,
      filterPattern: FilterPattern.all(
        FilterPattern.stringValue('$.level', '=', 'ERROR'),
        FilterPattern.stringValue('$.message', '=', answeredLine),
      ),
      metricNamespace: stageResourceName(this.#stage),
      metricName: 'Faults',
      dimensions: { operation: '$.operation' },
    })
  }

  get countsFaults(): boolean {
    return this.#countsFaults
  }

  /** Adds one statement with exactly these actions on exactly these resources. */
  allow(actions: readonly string[], ...resources: readonly string[]): void {
    this.role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }))
  }

  /** Like `allow` for a resource pattern, where names are generated; `reason` says why the pattern is narrow enough. */
  allowMatching(actions: readonly string[], pattern: string, reason: string): void {
    this.allow(actions, pattern)
    acknowledgeWildcard(this.role, pattern, reason)
  }

  /** Consumes messages from a queue, with partial batch failures: only failed messages are retried. */
  consume(
    queue: QueueWithDeadLetters,
    options: {
      readonly batchSize: number
      /** Maximum concurrency, 2 or more: Lambda then receives no message that it cannot run (docs/decisions/0070). */
      readonly maxConcurrency: number
      /** How long messages may wait for the batch to fill. */
      readonly maxBatchingWindow?: Duration
    },
  ): void {
    this.allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue.queue.queueArn)
    new EventSourceMapping(this, `From ${queue.node.id}`, {
      target: this.lambda,
      eventSourceArn: queue.queue.queueArn,
      reportBatchItemFailures: true,
      ...options,
    })
  }
}

/** Creates a function; `name` determines which variables and tables are required. */
export const serviceFunction = <Name extends FunctionName>(
  scope: Construct,
  name: Name,
  parts: FunctionParts,
  props: Omit<ServiceFunctionProps<Name>, 'name' | 'parts'>,
): ServiceFunction =>
  new ServiceFunction(scope, { name, parts, ...props } as unknown as ServiceFunctionProps<FunctionName>)
