import { randomUUID } from 'node:crypto'
import type { PutEventsRequest, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'
import { type InvokeAsync, stringAttributes } from '../async-invocation.ts'
import { AwsFault } from '../aws-fault.ts'
import type { Queues } from '../queues/queues.ts'
import type { Operations } from '../service.ts'
import type { ServiceContext } from '../service-context.ts'
import { compileRule, type EventRule, type RuleTarget } from './event-rules.ts'
import { recentEvents } from './recent-events.ts'

/** An event as passed to PutEvents. */
export interface NewEvent {
  readonly source: string
  readonly detailType: string
  readonly detail: unknown
  readonly resources?: readonly string[]
  /** Epoch milliseconds; now if absent. */
  readonly time?: number
}

/** An event as matched by rules and delivered to targets. */
interface BusEvent extends Readonly<Record<string, unknown>> {
  readonly id: string
  readonly source: string
}

/** The assembly's event buses and the account's default bus. */
export interface EventBuses {
  /** Publishes and delivers before it returns; returns the event's id. */
  publish(busArn: string, event: NewEvent): string
  readonly operations: Operations
  /** Recent events on all buses, newest first: the last 1,000 of each source. */
  events(): readonly unknown[]
}

const service = 'events.amazonaws.com'
const maxRequestSize = 262_144

/** Throws StartUpError on an unsupported rule. */
export const createEventBuses = (
  context: ServiceContext,
  options: { readonly queues: Queues; readonly invokeAsync: InvokeAsync },
): EventBuses => {
  const { assembly, authorization, clock, names, log } = context
  const rules = assembly.ofType('AWS::Events::Rule').flatMap((rule) => compileRule(rule, names) ?? [])
  const buses = new Set([names.bus('default'), ...assembly.ofType('AWS::Events::EventBus').map(({ arn }) => arn)])
  const recent = recentEvents()

  const mayReach = (rule: EventRule, arn: string) =>
    authorization.isServiceAllowed(service, rule.arn, {
      action: arn.startsWith('arn:aws:sqs:') ? 'sqs:SendMessage' : 'lambda:InvokeFunction',
      resource: arn,
    })

  const sendTo = (
    rule: EventRule,
    queueArn: string,
    body: string,
    attributes: Record<string, string> = {},
  ): string | undefined => {
    const queue = options.queues.find(queueArn)
    if (!queue) return 'NO_RESOURCE'
    if (!mayReach(rule, queueArn)) return 'NO_PERMISSIONS'
    queue.send({ body, senderId: service, attributes: stringAttributes(attributes) })
    return undefined
  }

  const deliver = (rule: EventRule, target: RuleTarget, event: BusEvent): string | undefined => {
    const input = target.input(event)
    if (target.arn.startsWith('arn:aws:sqs:')) return sendTo(rule, target.arn, input)
    if (!mayReach(rule, target.arn)) return 'NO_PERMISSIONS'
    options.invokeAsync(target.arn, JSON.parse(input))
    return undefined
  }

  const bury = (rule: EventRule, target: RuleTarget, event: BusEvent, error: string): void => {
    log(`${rule.arn}: event ${event.id} did not reach ${target.arn}: ${error}`)
    if (!target.deadLetterArn) return
    const attributes = { RULE_ARN: rule.arn, TARGET_ARN: target.arn, ERROR_CODE: error, ERROR_MESSAGE: error }
    const failure = sendTo(rule, target.deadLetterArn, JSON.stringify(event), attributes)
    if (failure) log(`${rule.arn}: nor the dead letters ${target.deadLetterArn}: ${failure}`)
  }

  const publish = (
    busArn: string,
    { source, detailType, detail, resources = [], time = clock.now() }: NewEvent,
  ): string => {
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': detailType,
      source,
      account: assembly.account,
      time: `${new Date(time).toISOString().slice(0, 19)}Z`,
      region: assembly.region,
      resources,
      detail,
    }
    recent.add(source, { bus: busArn.split('/').at(-1), ...event })
    for (const rule of rules) {
      if (rule.busArn !== busArn || !rule.matches(event)) continue
      for (const target of rule.targets) {
        const error = deliver(rule, target, event)
        if (error) bury(rule, target, event, error)
      }
    }
    return event.id
  }

  const put = (entry: PutEventsRequestEntry) => {
    const refused = refusal(entry)
    if (refused) return refused
    const { Source = '', DetailType = '', Detail = '', Resources = [], Time } = entry
    const EventId = publish(names.bus(entry.EventBusName), {
      source: Source,
      detailType: DetailType,
      detail: JSON.parse(Detail),
      resources: Resources,
      ...(Time !== undefined && { time: Number(Time) * 1_000 }),
    })
    return { EventId }
  }

  return {
    publish,
    events: recent.newestFirst,
    operations: {
      PutEvents({ Entries = [] }: PutEventsRequest) {
        checkRequest(Entries)
        const missing = Entries.find(({ EventBusName }) => !buses.has(names.bus(EventBusName)))
        if (missing)
          throw new AwsFault('ResourceNotFoundException', `Event bus ${missing.EventBusName} does not exist.`)
        const entries = Entries.map(put)
        return { Entries: entries, FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length }
      },
    },
  }
}

const checkRequest = (entries: readonly PutEventsRequestEntry[]): void => {
  if (entries.length < 1 || entries.length > 10) {
    throw new AwsFault('ValidationException', `A request has 1 to 10 entries; this one has ${entries.length}.`)
  }
  const bytes = entries.reduce((sum, { Detail = '' }) => sum + Buffer.byteLength(Detail), 0)
  if (bytes > maxRequestSize) {
    throw new AwsFault('ValidationException', 'Total size of the entries in the request is over the limit.')
  }
}

/** The reason why one entry of a request is rejected while the others are accepted. */
const refusal = ({ Source, DetailType, Detail }: PutEventsRequestEntry) => {
  const missing = Object.entries({ Source, DetailType, Detail }).find(([, value]) => !value)
  if (missing) {
    const message = `Parameter ${missing[0]} is not valid. Reason: ${missing[0]} is a required argument.`
    return { ErrorCode: 'InvalidArgument', ErrorMessage: message }
  }
  if (Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: `Not authorized for the source ${Source}.` }
  }
  return isJsonObject(Detail ?? '') ? undefined : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
}

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
