import { randomUUID } from 'node:crypto'
import { StartUpError } from '../start-up-error.ts'
import type { InvocationOutcome, Invoke, LocalPrincipal, LocalResource } from '../types.ts'
import { nameOf } from './access/role-policies.ts'
import type { Queues } from './queues/queues.ts'
import type { ServiceContext } from './service-context.ts'

/** Invokes a function asynchronously, as Lambda does for EventBridge and Scheduler: failures are retried. */
export type InvokeAsync = (functionArn: string, event: unknown) => void

interface InvokeConfig {
  readonly MaximumRetryAttempts?: number | string
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination: string } }
}

/** Delays before the second and the third attempt. */
const retryDelaysMilliseconds = [60_000, 120_000]
const usualRetries = 2

/**
 * The first attempt starts before the call returns; retries are timed by the local clock and lost when the process ends.
 * After the last failed attempt the event goes to the function's failure destination and dead-letter queue, if its role
 * may send there.
 */
export const asyncInvocation = (
  context: ServiceContext,
  options: {
    readonly queues: Queues
    readonly invoke: Invoke
    readonly principalOf: (functionArn: string) => LocalPrincipal
  },
): InvokeAsync => {
  const { assembly, authorization, clock, log } = context
  const lambdas = assembly.ofType('AWS::Lambda::Function')
  const configs = assembly.ofType('AWS::Lambda::EventInvokeConfig')
  for (const config of configs) checkConfig(config)

  const sendTo = (functionArn: string, queueArn: string, body: unknown, attributes: Record<string, string> = {}) => {
    const principal = options.principalOf(functionArn)
    if (!authorization.isAllowed(principal, { action: 'sqs:SendMessage', resource: queueArn })) return
    options.queues.find(queueArn)?.send({
      body: JSON.stringify(body),
      senderId: principal.name,
      attributes: stringAttributes(attributes),
    })
  }

  const giveUp = (functionArn: string, event: unknown, attempts: number, outcome: Failure) => {
    const requestId = randomUUID()
    log(`${functionArn.split(':').at(-1)}: failed ${attempts} times (${outcome.errorType}), given up`)
    const destination = configOf(configs, lambdas, functionArn).DestinationConfig?.OnFailure?.Destination
    if (destination) {
      sendTo(
        functionArn,
        destination,
        failureRecord({ functionArn, event, attempts, outcome, requestId, at: clock.now() }),
      )
    }
    const deadLetters = lambdas.find(({ arn }) => arn === functionArn)?.properties.DeadLetterConfig
    if (deadLetters) {
      const { TargetArn } = deadLetters as { TargetArn: string }
      sendTo(functionArn, TargetArn, event, {
        RequestID: requestId,
        ErrorCode: '200',
        ErrorMessage: outcome.errorMessage,
      })
    }
  }

  const attempt = async (functionArn: string, event: unknown, number: number): Promise<void> => {
    const outcome = await options.invoke(functionArn, event)
    if (outcome.ok) return
    const config = configOf(configs, lambdas, functionArn)
    const retries = Number(config.MaximumRetryAttempts ?? usualRetries)
    if (number > retries) return giveUp(functionArn, event, number, outcome)
    clock.at(
      clock.now() + (retryDelaysMilliseconds[number - 1] ?? 0),
      () => void attempt(functionArn, event, number + 1),
    )
  }

  return (functionArn, event) => void attempt(functionArn, event, 1)
}

type Failure = Extract<InvocationOutcome, { readonly ok: false }>

/** Message attributes of strings. */
export const stringAttributes = (attributes: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  )

const checkConfig = (config: LocalResource): void => {
  const { OnFailure, ...others } = (config.properties as InvokeConfig).DestinationConfig ?? {}
  const [unknown] = Object.keys(others)
  if (unknown)
    throw new StartUpError(`${nameOf(config)}: the local run does not support ${unknown} of asynchronous calls`)
  if (OnFailure && !OnFailure.Destination.startsWith('arn:aws:sqs:')) {
    throw new StartUpError(`${nameOf(config)}: the local run supports only queues as failure destinations`)
  }
}

const configOf = (
  configs: readonly LocalResource[],
  lambdas: readonly LocalResource[],
  functionArn: string,
): InvokeConfig => {
  const lambda = lambdas.find(({ arn }) => arn === functionArn)
  const config = configs.find(({ properties }) => [lambda?.id, functionArn].includes(String(properties.FunctionName)))
  return (config?.properties ?? {}) as InvokeConfig
}

/** Lambda's invocation record (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). */
const failureRecord = (failure: {
  readonly functionArn: string
  readonly event: unknown
  readonly attempts: number
  readonly outcome: Failure
  readonly requestId: string
  readonly at: number
}) => ({
  version: '1.0',
  timestamp: new Date(failure.at).toISOString(),
  requestContext: {
    requestId: failure.requestId,
    functionArn: `${failure.functionArn}:$LATEST`,
    condition: 'RetriesExhausted',
    approximateInvokeCount: failure.attempts,
  },
  requestPayload: failure.event,
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: { errorType: failure.outcome.errorType, errorMessage: failure.outcome.errorMessage },
})
