import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Faults, noFaults } from '../faults.ts'
import type { Invoke, LocalAssembly, LocalClock, LocalPrincipal } from '../types.ts'
import { accessOf } from './access/actions.ts'
import { type Authorization, authorization } from './access/authorization.ts'
import { arnResolver } from './arn-resolver.ts'
import { asyncInvocation } from './async-invocation.ts'
import { dynamoDbService } from './dynamodb.ts'
import { startEndpoint } from './endpoint.ts'
import { createEventBuses, type NewEvent } from './events/event-bus.ts'
import { injectFaults } from './fault-injection.ts'
import { jsonService, restJsonService, unknownOperation } from './json-protocols.ts'
import { kmsOperations } from './keys/kms.ts'
import { createSecrets } from './keys/secrets.ts'
import { type Envelope, openMailStore } from './mail/mail-store.ts'
import { mailboxOf } from './mail/mailbox.ts'
import { type SendQuota, sendLimiter } from './mail/send-quota.ts'
import { sesOperations, sesRoutes } from './mail/ses.ts'
import { s3Service } from './objects/s3.ts'
import type { Queue } from './queues/queue.ts'
import { createQueueMappings } from './queues/queue-mappings.ts'
import { createQueues } from './queues/queues.ts'
import { sqsOperations } from './queues/sqs.ts'
import { createScheduler, schedulerQueryMembers, schedulerRoutes } from './scheduler/scheduler.ts'
import type { Authorize, Operations } from './service.ts'
import type { ServiceContext } from './service-context.ts'

export interface AwsEndpointOptions {
  readonly assembly: LocalAssembly
  readonly clock: LocalClock
  readonly invoke: Invoke
  /** The caller, by access key id. */
  readonly principals: ReadonlyMap<string, LocalPrincipal>
  readonly dynamoDbUrl: string
  /** A free port if absent. */
  readonly port?: number
  /** Stores queues, schedules, objects, keys, secrets and mails; in memory if absent. */
  readonly dataDir?: string
  readonly log: (line: string) => void
  /** SES quota; default LOCAL_SES_SEND_RATE and LOCAL_SES_DAILY_QUOTA, else 500 a second and 1,000,000 a day. */
  readonly sendQuota?: SendQuota
  /** Faults to inject; none if absent. */
  readonly faults?: Faults
  /** Kills a function's process, identified by the session token of its calls. */
  readonly kill?: (sessionToken: string) => void
}

/** Message counts of a queue: visible, in flight (or waiting for a retry), and delayed. */
export interface QueueState extends ReturnType<Queue['counts']> {
  readonly arn: string
}

/** The local run's AWS services, behind one address. */
export interface AwsEndpoint {
  /** Value for `AWS_ENDPOINT_URL`. */
  readonly url: string
  /** Serves `/mailbox.json`, `/mailbox` and `/mailbox/<id>`. */
  mailbox(request: IncomingMessage, response: ServerResponse): void
  /** Every mail that SES accepted, oldest first. */
  mails(): Iterable<Envelope>
  queues(): readonly QueueState[]
  /** Recent events on the buses, newest first. */
  events(): readonly unknown[]
  /** Each allowed or denied (principal, action, resource) once, and the grants of the roles' policies. */
  readonly access: Pick<Authorization, 'calls' | 'denials' | 'grants'>
  /** Checks and records access for callers outside the endpoint: stream pollers, the HTTP API. */
  isAllowed(
    principal: LocalPrincipal,
    action: string,
    resource: string,
    context?: Readonly<Record<string, string>>,
  ): boolean
  /** The same for a service principal, such as API Gateway calling a function: the resource's policy decides. */
  isServiceAllowed(service: string, sourceArn: string, action: string, resource: string): boolean
  secretValue(arn: string): string
  sendMessage(queueArn: string, body: string): void
  stop(): Promise<void>
}

/**
 * Starts all services; schedules and queues call functions before it returns. Throws StartUpError if the assembly uses
 * anything unsupported.
 */
export const startAwsEndpoint = async (options: AwsEndpointOptions): Promise<AwsEndpoint> => {
  const { assembly, principals, clock, log, dataDir } = options
  const access = authorization(assembly)
  const context = {
    assembly,
    clock,
    authorization: access,
    names: arnResolver(assembly),
    log,
    ...(dataDir && { dataDir }),
  }
  const parts = createParts(context, options)
  const { faults, kill = () => {} } = options
  const endpoint = await startEndpoint({
    services: parts.services,
    principals,
    log,
    ...(faults && { intercept: injectFaults(faults, kill) }),
    ...(options.port !== undefined && { port: options.port }),
  })
  parts.mappings.start()
  parts.scheduler.start()
  return {
    url: endpoint.url,
    mailbox: mailboxOf(parts.mails),
    mails: () => parts.mails.envelopes(),
    queues: () => parts.queues.all().map(({ arn, counts }) => ({ arn, ...counts() })),
    events: () => parts.buses.events(),
    access,
    isAllowed: (principal, action, resource, context = {}) =>
      access.isAllowed(principal, { action, resource, context }),
    isServiceAllowed: (service, sourceArn, action, resource) =>
      access.isServiceAllowed(service, sourceArn, { action, resource }),
    secretValue: (arn) => parts.secrets.value(arn),
    sendMessage(queueArn, body) {
      const queue = parts.queues.find(queueArn)
      if (!queue) throw new Error(`there is no queue ${queueArn}`)
      queue.send({ body, senderId: 'local' })
    },
    async stop() {
      parts.mappings.stop()
      await endpoint.stop()
      parts.stop()
    },
  }
}

/** All services behind the endpoint. */
const createParts = (context: ServiceContext, options: AwsEndpointOptions) => {
  const { assembly, clock, names, authorization: access } = context
  const authorize: Authorize = (service, operation, input, caller) => {
    const needed = accessOf(service, operation)
    if (!needed) throw unknownOperation(service, operation)
    access.authorize(caller, needed(input as never, names))
  }
  const principalOf = functionPrincipals(assembly, options.principals)
  const invoke = neverRejecting(options.invoke)

  const { faults = noFaults } = options
  const queues = createQueues(context, faults)
  const mappings = createQueueMappings(context, { queues, invoke, principalOf })
  const invokeAsync = asyncInvocation(context, { queues, invoke, principalOf })
  const buses = createEventBuses(context, { queues, invokeAsync })
  const publish = (event: NewEvent) => void buses.publish(names.bus('default'), event)
  const scheduler = createScheduler(context, { queues, invokeAsync })
  const secrets = createSecrets(context)
  const kms = kmsOperations(context)
  const mails = openMailStore(context)
  const quota = sendLimiter(options.sendQuota ?? quotaFromEnvironment(), clock)
  const dynamodb = dynamoDbService({ url: options.dynamoDbUrl, region: assembly.region, authorize })
  const s3 = s3Service(context, { authorize, publish })

  const json = (name: string, version: '1.0' | '1.1', operations: Operations, unknownCaller?: string) =>
    jsonService({ name, version, operations, authorize, ...(unknownCaller && { unknownCaller }) })
  const services = {
    dynamodb,
    s3,
    sqs: json('sqs', '1.0', sqsOperations(queues, names), 'InvalidClientTokenId'),
    events: json('events', '1.1', buses.operations),
    kms: json('kms', '1.1', kms.operations),
    secretsmanager: json('secretsmanager', '1.1', secrets.operations),
    scheduler: restJsonService({
      name: 'scheduler',
      routes: schedulerRoutes,
      queryMembers: schedulerQueryMembers,
      operations: scheduler.operations,
      authorize,
    }),
    ses: restJsonService({
      name: 'ses',
      routes: sesRoutes,
      operations: sesOperations(context, { mails, quota, publish, faults }),
      authorize,
    }),
  }
  return {
    services,
    queues,
    mappings,
    buses,
    scheduler,
    secrets,
    mails,
    stop() {
      for (const part of [dynamodb, s3, scheduler, queues, secrets, kms, mails]) part.stop()
    },
  }
}

/** The function's principal, for services that act on its behalf. */
const functionPrincipals =
  (assembly: LocalAssembly, principals: ReadonlyMap<string, LocalPrincipal>) =>
  (functionArn: string): LocalPrincipal => {
    const lambda = assembly.byArn(functionArn)
    const roleArn = (lambda?.properties.Role as string | undefined) ?? ''
    const known = [...principals.values()].find((principal) => principal.roleArn === roleArn)
    return known ?? { name: lambda?.id ?? functionArn, roleArn }
  }

const neverRejecting =
  (invoke: Invoke): Invoke =>
  (functionArn, event) =>
    invoke(functionArn, event).catch((error: Error) => ({
      ok: false,
      errorType: error.name,
      errorMessage: error.message,
    }))

const quotaFromEnvironment = (): SendQuota => ({
  rate: Number(process.env.LOCAL_SES_SEND_RATE ?? 500),
  daily: Number(process.env.LOCAL_SES_DAILY_QUOTA ?? 1_000_000),
})
