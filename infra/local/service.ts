import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { loadAssembly } from './assembly/assembly.ts'
import { synthesize } from './assembly/synthesize.ts'
import { type AwsEndpoint, startAwsEndpoint } from './aws/index.ts'
import type { SendQuota } from './aws/mail/send-quota.ts'
import { movableClock } from './clock.ts'
import { controlRoutes } from './control-routes.ts'
import { lockDataFolder, secretGenerator } from './data-folder.ts'
import { checkDynamoDb, startDynamoDbLocal } from './dynamodb/dynamodb.ts'
import { createAssemblyTables } from './dynamodb/dynamodb-tables.ts'
import { findJava } from './dynamodb/java.ts'
import type { Faults } from './faults.ts'
import { freePort } from './free-port.ts'
import { type LocalFunctions, localFunctions } from './functions/functions.ts'
import { type HttpApiOptions, httpApi, maxBodySize } from './http/http-api.ts'
import { readRequest, writeResponse } from './http/http-messages.ts'
import { type Site, site } from './http/site.ts'
import { openLocalServer } from './local-server.ts'
import { startStreams } from './streams/streams.ts'

export interface LocalServiceOptions {
  /** Port to listen on; 0 for a free one. */
  readonly port: number
  /** Data folder; everything is in memory if absent. */
  readonly dataDir?: string
  /** Folder of an existing assembly; if absent, the stacks are synthesized. */
  readonly assemblyDir?: string
  /** A DynamoDB endpoint to use instead of DynamoDB Local. */
  readonly dynamoDbUrl?: string
  /** SES send quota; if absent, from the environment. */
  readonly sendQuota?: SendQuota
  /** Faults to inject, for a rehearsal. */
  readonly faults?: Faults
  readonly log: (line: string) => void
}

export interface LocalService {
  /** `http://localhost:PORT` */
  readonly url: string
  /** Endpoint for the functions' AWS calls. */
  readonly awsUrl: string
  readonly dynamoDbUrl: string
  readonly stage: string
  /** Mails and queue counts, for rehearsals and tests. */
  readonly aws: Pick<AwsEndpoint, 'mails' | 'queues'>
  readonly functions: Pick<LocalFunctions, 'underWay'>
  /** Stops the run and resolves when all its processes have exited. */
  readonly stop: () => Promise<void>
}

/**
 * Runs the synthesized assembly on this machine, on loopback only, and resolves once it accepts requests. Throws
 * StartUpError if it cannot start; everything started until then is stopped.
 */
export const startLocalService = async (options: LocalServiceOptions): Promise<LocalService> => {
  const running = new AsyncDisposableStack()
  try {
    return await start(options, running)
  } catch (error) {
    await running.disposeAsync()
    throw error
  }
}

/** Stops the started parts in reverse order. */
const start = async (options: LocalServiceOptions, running: AsyncDisposableStack): Promise<LocalService> => {
  const { dataDir, log, sendQuota, faults } = options
  const keep = dataDir ? { dataDir } : {}

  const door = await openLocalServer(options.port, log)
  running.defer(() => door.stop())
  if (dataDir) running.defer(lockDataFolder(dataDir))

  const startEngine = await engineStarter(options, running)
  const [dynamoDbUrl, folder] = await both(startEngine(), assemblyFolder(options, door.url))
  const awsPort = await freePort()
  const awsUrl = `http://127.0.0.1:${awsPort}`
  const assembly = loadAssembly(folder, { awsUrl, generatedSecret: secretGenerator(dataDir) })
  await createAssemblyTables(assembly, dynamoDbUrl)

  const clock = movableClock(dataDir && join(dataDir, 'clock.json'))
  running.defer(() => clock.stop())
  const functions = localFunctions({ assembly, clock, awsUrl, log })
  running.defer(() => functions.stop())
  const { invoke, principals, principalOf } = functions
  const aws = await startAwsEndpoint({
    ...{ assembly, clock, invoke, principals, dynamoDbUrl, port: awsPort, log, ...keep },
    ...(sendQuota && { sendQuota }),
    ...(faults && { faults, kill: functions.kill }),
  })
  running.defer(() => aws.stop())
  const isAllowed: HttpApiOptions['isAllowed'] = (...question) => aws.isAllowed(...question)
  const streams = startStreams({
    assembly,
    clock,
    invoke,
    principalOf,
    isAllowed,
    sendMessage: (queueArn, body) => aws.sendMessage(queueArn, body),
    dynamoDbUrl,
    log,
    ...keep,
  })
  running.defer(() => streams.stop())

  const api = httpApi({
    assembly,
    clock,
    invoke,
    isAllowed,
    isServiceAllowed: (...question) => aws.isServiceAllowed(...question),
  })
  const serve = serving(site(assembly, api), log)
  const controls = controlRoutes(clock, aws)
  door.answerWith(async (request, response) => {
    if (!(await controls(request, response))) await serve(request, response)
  })
  return {
    url: door.url,
    awsUrl,
    dynamoDbUrl,
    stage: assembly.stage,
    aws,
    functions,
    stop: async () => {
      // The listener closes first and AWS last, so that no running function loses AWS.
      await door.stop()
      await functions.stop()
      await running.disposeAsync()
    },
  }
}

/** Finds Java first and returns the function that starts DynamoDB: without Java, nothing else needs to start. */
const engineStarter = async ({ dynamoDbUrl, dataDir, log }: LocalServiceOptions, running: AsyncDisposableStack) => {
  if (dynamoDbUrl) {
    await checkDynamoDb(dynamoDbUrl)
    return async () => dynamoDbUrl
  }
  const java = await findJava({ log })
  return async () => {
    const engine = await startDynamoDbLocal({ java, ...(dataDir && { dataDir: join(dataDir, 'dynamodb') }) })
    running.defer(() => engine.stop())
    return engine.url
  }
}

const assemblyFolder = async ({ assemblyDir }: LocalServiceOptions, siteUrl: string) =>
  assemblyDir ?? (await synthesize(siteUrl))

/** Waits for both even if one fails, so that the other one can be stopped. */
const both = async <A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> => {
  await Promise.allSettled([one, other])
  return Promise.all([one, other])
}

const serving =
  (pages: Site, log: LocalServiceOptions['log']) =>
  async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const began = performance.now()
    const request = await readRequest(message, maxBodySize)
    const answer = await pages(request)
    writeResponse(response, answer)
    if (!request.path.startsWith('/api/')) return
    log(`${request.method} ${request.path} ${answer.status} in ${Math.round(performance.now() - began)} ms`)
  }
