/**
 * One execution environment of one function, like Lambda's Node runtime: loads the deployed bundle, then runs one
 * invocation after the other. Started by `function-worker.ts`; ends with its parent process.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { overrideDate } from './date-override.ts'
import type { FromFunction, FunctionInvocation, FunctionStart, ToFunction } from './function-messages.ts'

type Handler = (event: unknown, context: object) => unknown

const answer = (message: FromFunction) => process.send?.(message)

const load = async ({ code, handler }: FunctionStart): Promise<Handler> => {
  const [file = '', name = ''] = handler.split('.')
  const bundle = (await import(pathToFileURL(join(code, `${file}.js`)).href)) as { default?: Record<string, unknown> }
  const exported = bundle.default?.[name] ?? (bundle as Record<string, unknown>)[name]
  if (typeof exported !== 'function') throw new Error(`${handler} is undefined or not exported`)
  return exported as Handler
}

const contextOf = (requestId: string, { functionArn, timeoutMilliseconds }: FunctionStart): object => {
  // In real time, like the timeout.
  const end = performance.now() + timeoutMilliseconds
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(end - performance.now())),
  }
}

const threw = (error: unknown) => {
  console.error(error)
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: String(error) }
  answer({ kind: 'threw', errorType: name, errorMessage: message })
}

const start = async (setup: FunctionStart) => {
  const moveClock = overrideDate(setup.clock)
  let handler: Handler
  process.on('message', (message: ToFunction) => {
    if (message.kind === 'clock') moveClock(message.clock)
    if (message.kind === 'invoke') void run(message)
  })
  const run = async ({ requestId, event }: FunctionInvocation) => {
    try {
      const result: unknown = await handler(event, contextOf(requestId, setup))
      answer({ kind: 'returned', payload: JSON.stringify(result) ?? 'null' })
    } catch (error) {
      threw(error)
    }
  }
  try {
    handler = await load(setup)
    answer({ kind: 'ready' })
  } catch (error) {
    threw(error)
  }
}

process.once('message', (setup: FunctionStart) => void start(setup))
process.once('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of the terminal; only the parent decides when its functions end.
process.on('SIGINT', () => {})
