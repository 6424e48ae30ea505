import { authorization } from '../../../infra/local/aws/access/authorization.ts'
import { arnResolver } from '../../../infra/local/aws/arn-resolver.ts'
import { asyncInvocation } from '../../../infra/local/aws/async-invocation.ts'
import { AwsFault } from '../../../infra/local/aws/aws-fault.ts'
import { createEventBuses } from '../../../infra/local/aws/events/event-bus.ts'
import { createSecrets } from '../../../infra/local/aws/keys/secrets.ts'
import { type SendQuota, sendLimiter } from '../../../infra/local/aws/mail/send-quota.ts'
import { sesOperations } from '../../../infra/local/aws/mail/ses.ts'
import { createQueueMappings } from '../../../infra/local/aws/queues/queue-mappings.ts'
import { createQueues } from '../../../infra/local/aws/queues/queues.ts'
import { sqsOperations } from '../../../infra/local/aws/queues/sqs.ts'
import { createScheduler } from '../../../infra/local/aws/scheduler/scheduler.ts'
import type { Operations } from '../../../infra/local/aws/service.ts'
import type { CallFault, Faults } from '../../../infra/local/faults.ts'
import { deployedFunction } from '../../../infra/local/functions/deployed-function.ts'
import type {
  InvocationOutcome,
  Invoke,
  LocalAssembly,
  LocalClock,
  LocalPrincipal,
} from '../../../infra/local/types.ts'
import type { FunctionName } from '../../../shared/contracts/environments.ts'
import { type TableContract, type TableName, tables, tableVariable } from '../../../shared/contracts/tables.ts'
import { minute, second } from '../../../shared/domain/time.ts'
import { clientOf, documentDatabase } from '../dynamodb-documents/database.ts'
import type { Document } from '../dynamodb-documents/documents.ts'
import { marshalledDocument } from '../dynamodb-documents/marshalled.ts'
import { seededRandom } from '../simulation/seeded-random.ts'
import { virtualTime, whenTurnIsOver } from '../simulation/virtual-time.ts'
import type { Handler, StartProcess } from './deployed-functions.ts'

export interface SimulationOptions {
  readonly assembly: LocalAssembly
  readonly functions: ReadonlyMap<FunctionName, StartProcess>
  readonly seed: number
  /** Fault injection; can be changed during the simulation. */
  readonly conditions: { readonly faults: Faults }
  readonly quota?: SendQuota
  /** Whether SES sends feedback events; true if absent. */
  readonly tells?: boolean
}

/** A mail accepted by SES: the ground truth, independent of the tables. */
export interface AcceptedMail {
  readonly to: string
  readonly tags: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly at: number
}

/** One execution environment of a function. */
interface Process {
  alive: boolean
  handler: Handler
  /** Ends the current invocation. */
  die: (errorType: string) => void
}

interface Lambda {
  readonly name: string
  readonly principal: LocalPrincipal
  readonly limit: number
  readonly start: () => Process
  readonly idle: Process[]
}

const reset = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
const coldStart = 300
/** The SDK's default, if a client does not set it. */
const usualAttempts = 3

/**
 * Simulates the assembly in virtual time, determined by a seed: rules, queues, mappings and schedules are those of the
 * local run, functions run as deployed in processes that can crash at any outbound call, tables are in memory, and SES
 * enforces its quota.
 */
export const mailSimulation = ({ assembly, functions, seed, conditions, quota, tells = true }: SimulationOptions) => {
  const faults: Faults = {
    ofCall: (call) => conditions.faults.ofCall(call),
    ofBulkEntry: () => conditions.faults.ofBulkEntry(),
    deliveriesOf: (queueArn) => conditions.faults.deliveriesOf(queueArn),
  }
  const random = seededRandom(seed)
  const time = virtualTime('2026-12-01T08:55:00.000Z', whenTurnIsOver)
  const accepted: AcceptedMail[] = []
  const calls = new Map<string, number>()
  let [ids, running, outboxPending, eventsUnderWay, outbound, throttled] = [0, 0, 0, 0, 0, 0]
  let onCall: (call: number) => CallFault | undefined = () => undefined

  const clock: LocalClock = {
    // Whole milliseconds, as clocks have them, rounded up so that no wait ends early.
    now: () => Math.floor(time.now() + 1e-3),
    at(instant, callback) {
      let isWanted = true
      time.after(Math.max(0, Math.ceil(instant) - time.now()), () => isWanted && callback())
      return () => {
        isWanted = false
      }
    },
  }
  const wait = (milliseconds: number) => new Promise<void>((resolve) => time.after(milliseconds, resolve))
  const context = {
    assembly,
    clock,
    authorization: authorization(assembly),
    names: arnResolver(assembly),
    log: () => {},
  }

  const lambdas = assembly.ofType('AWS::Lambda::Function').map((lambda) => deployedFunction(assembly, lambda))
  const tableNames = tableNamesIn(lambdas.map(({ environment }) => environment))
  const database = documentDatabase(
    Object.fromEntries(
      Object.entries<TableContract>(tables).map(([name, table]) => [tableNames[name as TableName], table]),
    ),
    (name, row) => {
      if (name === tableNames.outbox) publishSoon(row)
    },
  )

  const invoke: Invoke = (functionArn, event) => {
    const lambda = pools.get(functionArn)
    // Services that are irrelevant for the simulation.
    if (!lambda) return Promise.resolve({ ok: true, payload: null })
    running++
    return new Promise((resolve) => {
      const idle = lambda.idle.pop()
      const process = idle ?? lambda.start()
      let isOver = false
      const end = (outcome: InvocationOutcome) => {
        if (isOver) return
        isOver = true
        running--
        if (process.alive) lambda.idle.push(process)
        resolve(outcome)
      }
      process.die = (errorType) => {
        process.alive = false
        end({ ok: false, errorType, errorMessage: `${lambda.name} ended` })
      }
      time.after(lambda.limit, () => isOver || process.die('Sandbox.Timedout'))
      time.after(idle ? 1 : coldStart, () => {
        process.handler(event, {}).then(
          (payload) => end({ ok: true, payload: payload ?? null }),
          (error: Error) => end({ ok: false, errorType: error.name, errorMessage: error.message }),
        )
      })
    })
  }

  const principalOf = (functionArn: string) =>
    lambdas.find(({ setup }) => setup.functionArn === functionArn)?.principal ?? { name: functionArn, roleArn: '' }
  const queues = createQueues(context, faults)
  const mappings = createQueueMappings(context, { queues, invoke, principalOf, after: time.after })
  const invokeAsync = asyncInvocation(context, { queues, invoke, principalOf })
  const buses = createEventBuses(context, { queues, invokeAsync })
  const scheduler = createScheduler(context, { queues, invokeAsync })
  const keeper = sendLimiter(quota ?? { rate: 1_000_000, daily: 100_000_000 }, clock, () => time.now())
  const mails = {
    add: ({ to, tags }: { to: string; tags: Readonly<Record<string, string>> }) =>
      void accepted.push({ to, tags, at: clock.now() }),
    get: () => undefined,
    newestFirst: () => [],
    envelopes: () => [],
    stop: () => {},
  }
  const publish = (event: Parameters<typeof buses.publish>[1]) => {
    if (!tells) return
    eventsUnderWay++
    // Feedback on mails arrives with varying delay and out of order; published once a second, in bulk.
    const known = time.now() + (random.chance(0.9) ? random.between(50, 3_000) : random.between(0, 3 * minute))
    time.after(Math.ceil(known / second) * second - time.now(), () => {
      eventsUnderWay--
      buses.publish(context.names.bus('default'), event)
    })
  }
  const services: Readonly<Record<string, Operations>> = {
    sqs: sqsOperations(queues, context.names),
    events: buses.operations,
    scheduler: scheduler.operations,
    secretsmanager: createSecrets(context).operations,
    ses: sesOperations(context, { mails, quota: keeper, publish, faults }),
  }

  /** An outbound call: executed atomically after a delay, with the response after another delay. */
  const send = async (
    process: Process,
    principal: LocalPrincipal,
    { service, attempts, command }: { service: string; attempts: number; command: { readonly input: unknown } },
  ): Promise<object> => {
    const operation = command.constructor.name.replace(/Command$/, '')
    const sending = {}
    const carryOut = (): object =>
      service === 'dynamodb'
        ? database.execute(command.constructor.name, command.input, sending)
        : ((services[service]?.[operation]?.(structuredClone(command.input) as never, principal) as
            | object
            | undefined) ?? {})
    for (let attempt = 1; ; attempt++) {
      const sent = await once(process, principal, { service, operation, carryOut })
      if ('answer' in sent) return sent.answer
      if (attempt >= attempts || !sent.mayRepeat) throw sent.error
      await aliveAfter(process, random.between(0, 100 * 2 ** attempt))
    }
  }
  const once = async (
    process: Process,
    { name: caller }: LocalPrincipal,
    { service, operation, carryOut }: { service: string; operation: string; carryOut: () => object },
  ) => {
    await aliveAfter(process, random.between(1, 6))
    const kind = `${caller} ${service} ${operation}`
    calls.set(kind, (calls.get(kind) ?? 0) + 1)
    const wireName = operation === 'SendBulkEmail' ? 'outbound-bulk-emails' : operation
    const fault = onCall(++outbound) ?? faults.ofCall({ caller, service, operation: wireName })
    if (fault === 'killed-before') return dead(process)
    if (fault === 'throttled') return { error: refused('TooManyRequestsException', 429), mayRepeat: true }
    if (fault === 'lost-before') return { error: reset(), mayRepeat: true }
    const outcome = attempted(carryOut)
    if ('error' in outcome && (outcome.error as Error).name === 'TooManyRequestsException') throttled++
    if (fault === 'killed-after') return dead(process)
    const [fast, slow] = service === 'ses' ? [20, 150] : [1, 6]
    await aliveAfter(process, random.between(fast, slow))
    return fault === 'lost-after' ? { error: reset(), mayRepeat: true } : outcome
  }
  const aliveAfter = async (process: Process, milliseconds: number) => {
    await wait(milliseconds)
    // A crashed process never receives a response.
    if (!process.alive) await new Promise(() => {})
  }
  const dead = (process: Process): Promise<never> => {
    process.die('Runtime.ExitError')
    return new Promise(() => {})
  }

  const startOf =
    (name: FunctionName, { environment, principal }: (typeof lambdas)[number], start: StartProcess) =>
    () => {
      const process: Process = { alive: true, handler: async () => undefined, die: () => {} }
      const client = (service: string) =>
        class {
          readonly attempts: number
          constructor({ maxAttempts = usualAttempts }: { readonly maxAttempts?: number } = {}) {
            this.attempts = maxAttempts
          }
          send(command: { readonly input: unknown }) {
            return send(process, principal, { service, attempts: this.attempts, command })
          }
        }
      const DynamoDB = client('dynamodb')
      process.handler = start({
        environment,
        now: () => clock.now(),
        wait: (milliseconds) => aliveAfter(process, milliseconds),
        random: random.next,
        newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
        clients: {
          DynamoDBClient: DynamoDB,
          DynamoDBDocumentClient: {
            from: (made: InstanceType<typeof DynamoDB>) => clientOf((command) => made.send(command)),
          },
          SQSClient: client('sqs'),
          EventBridgeClient: client('events'),
          SESv2Client: client('ses'),
          SecretsManagerClient: client('secretsmanager'),
          SchedulerClient: client('scheduler'),
        },
      })
      return process
    }
  const pools = new Map(
    lambdas.flatMap((lambda): [string, Lambda][] => {
      const name = lambda.principal.name as FunctionName
      const start = functions.get(name)
      const { functionArn, timeoutMilliseconds: limit } = lambda.setup
      const pool = { name, principal: lambda.principal, limit, idle: [] }
      return start ? [[functionArn, { ...pool, start: startOf(name, lambda, start) }]] : []
    }),
  )
  const arnOf = (name: FunctionName): string => {
    const found = lambdas.find(({ principal }) => principal.name === name)
    if (!found) throw new Error(`there is no function ${name}`)
    return found.setup.functionArn
  }

  /** The outbox's stream: retried until published. */
  const publishSoon = (row: Document, after = 100) => {
    outboxPending++
    const record = {
      eventID: String(row.eventId),
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: String(row.eventId), NewImage: marshalledDocument(row) },
    }
    time.after(after, () => {
      void invoke(arnOf('events/publish-events'), { Records: [record] }).then((outcome) => {
        const failures = outcome.ok && (outcome.payload as { batchItemFailures?: unknown[] })?.batchItemFailures
        if (!outcome.ok || (failures && failures.length > 0)) publishSoon(row, second)
        outboxPending--
      })
    })
  }

  const isDeadLetters = (arn: string) => arn.endsWith('-dead-letters')
  const sizeOf = ({ counts }: (typeof all)[number]) => {
    const { visible, notVisible, delayed } = counts()
    return visible + notVisible + delayed
  }
  const all = queues.all()
  const working = all.filter(({ arn }) => !isDeadLetters(arn))
  let nextLook = 0
  const isQuiet = () => {
    if (running > 0 || outboxPending > 0 || eventsUnderWay > 0 || time.now() < nextLook) return false
    nextLook = time.now() + second
    return working.every((queue) => sizeOf(queue) === 0)
  }

  mappings.start()
  scheduler.start()
  return {
    random,
    accepted,
    /** Outbound calls by function, service and operation. */
    calls,
    outbound: () => outbound,
    /** Calls that SES throttled by its quota. */
    throttled: () => throttled,
    now: () => clock.now(),
    /** Rows of a table of the contract. */
    rows: (name: TableName) => database.table(tableNames[name]),
    /** Redelivers an event, as EventBridge may. */
    invokeLater: (milliseconds: number, name: FunctionName, event: unknown) =>
      time.after(milliseconds, () => invokeAsync(arnOf(name), event)),
    publishAgain: publishSoon,
    after: (milliseconds: number, act: () => void) => time.after(milliseconds, act),
    /** Sets faults of outbound calls by their number, before random faults. */
    fateOfCalls: (fate: typeof onCall) => {
      onCall = fate
    },
    deadLetters: () => all.filter(({ arn }) => isDeadLetters(arn)).reduce((sum, queue) => sum + sizeOf(queue), 0),
    /** Runs until idle and done, or until enough; throws after the given virtual time. */
    async run(rest: { isDone: () => boolean; isEnough: () => boolean; longest: number }) {
      const end = time.now() + rest.longest
      await time.run(() => time.now() > end || rest.isEnough() || (isQuiet() && rest.isDone()))
      if (time.now() > end) throw new Error('it does not come to an end')
    },
  }
}

export type MailSimulation = ReturnType<typeof mailSimulation>

const refused = (name: string, httpStatusCode: number, message = name) =>
  Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode } })

const attempted = (carryOut: () => object) => {
  try {
    return { answer: carryOut() }
  } catch (error) {
    if (!(error instanceof AwsFault)) return { error, mayRepeat: false }
    return {
      error: refused(error.code, error.status, error.message),
      mayRepeat: error.status === 429 || error.status >= 500,
    }
  }
}

const tableNamesIn = (environments: readonly Readonly<Record<string, string>>[]): Record<TableName, string> =>
  Object.fromEntries(
    Object.keys(tables).map((name) => {
      const variable = tableVariable(name as TableName)
      const found = environments.find((environment) => environment[variable])?.[variable]
      return [name, found ?? name]
    }),
  ) as Record<TableName, string>
