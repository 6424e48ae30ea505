import { randomUUID } from 'node:crypto'
import type { MovableClock } from '../clock.ts'
import type { InvocationOutcome, Invoke, LocalAssembly, LocalPrincipal } from '../types.ts'
import { type DeployedFunction, deployedFunction } from './deployed-function.ts'
import { type FunctionWorker, startFunctionWorker } from './function-worker.ts'

export interface FunctionsOptions {
  readonly assembly: LocalAssembly
  readonly clock: MovableClock
  /** Where the functions' SDK calls go. */
  readonly awsUrl: string
  readonly log: (line: string) => void
  /** Processes at most: of one function, and of all together. */
  readonly limits?: { readonly perFunction: number; readonly all: number }
  /** Real milliseconds after which a process without work ends. */
  readonly idleMilliseconds?: number
}

/** The assembly's functions, run in child processes from their deployed bundles. */
export interface LocalFunctions {
  readonly invoke: Invoke
  /** Who makes a call, by the access key id that its function was given. */
  readonly principals: ReadonlyMap<string, LocalPrincipal>
  readonly principalOf: (functionArn: string) => LocalPrincipal | undefined
  /** Events that are being worked on or wait for a process. */
  underWay(): number
  /** Has the process crash whose calls carry this session token. */
  kill(sessionToken: string): void
  /** Resolves when no process of a function is left. */
  stop(): Promise<void>
}

interface Job {
  readonly event: unknown
  readonly resolve: (outcome: InvocationOutcome) => void
}

/** One function with its processes and the events that wait for one. */
interface Pool {
  readonly deployed: DeployedFunction
  readonly busy: Set<FunctionWorker>
  /** Least recently used first, each with the timer that ends it. */
  readonly idle: Map<FunctionWorker, NodeJS.Timeout>
  readonly waiting: Job[]
}

const stopped: InvocationOutcome = { ok: false, errorType: 'Runtime.ExitError', errorMessage: 'The local run stops' }

export const localFunctions = (options: FunctionsOptions): LocalFunctions => {
  const { assembly, limits = { perFunction: 6, all: 20 }, idleMilliseconds = 60_000 } = options
  const pools = new Map(
    assembly
      .ofType('AWS::Lambda::Function')
      .map((lambda) => deployedFunction(assembly, lambda))
      .map((deployed) => [deployed.setup.functionArn, poolOf(deployed)]),
  )
  const workers = new Set<FunctionWorker>()
  /** As credentials of roles have one; here it tells one process of a function from another. */
  const sessionTokens = new WeakMap<FunctionWorker, string>()
  let stopping = false

  const end = (worker: FunctionWorker) => {
    workers.delete(worker)
    return worker.stop()
  }

  /**
   * A process that may take an event now: an idle one, else a new one within the limits. Idle ones of others make room
   * only for a function that has none: a start costs more than the wait for a process that is there.
   */
  const available = (pool: Pool): FunctionWorker | undefined => {
    for (let worker = takeIdle(pool, -1); worker; worker = takeIdle(pool, -1)) {
      if (!worker.ended) return worker
      workers.delete(worker)
    }
    if (pool.busy.size >= limits.perFunction) return undefined
    if (workers.size >= limits.all && (pool.busy.size > 0 || !makeRoom())) return undefined
    const sessionToken = randomUUID()
    const worker = startFunctionWorker({
      setup: pool.deployed.setup,
      environment: {
        ...pool.deployed.environment,
        AWS_ENDPOINT_URL: options.awsUrl,
        AWS_SESSION_TOKEN: sessionToken,
      },
      clock: options.clock,
      log: (line) => options.log(`[${pool.deployed.principal.name}] ${line}`),
    })
    workers.add(worker)
    sessionTokens.set(worker, sessionToken)
    return worker
  }

  const makeRoom = (): boolean => {
    for (const pool of pools.values()) {
      const worker = takeIdle(pool, 0)
      if (!worker) continue
      void end(worker)
      return true
    }
    return false
  }

  const dispatch = (pool: Pool) => {
    while (!stopping && pool.waiting.length > 0) {
      const worker = available(pool)
      const job = worker && pool.waiting.shift()
      if (!job) return
      void work(pool, worker, job)
    }
  }

  const work = async (pool: Pool, worker: FunctionWorker, { event, resolve }: Job) => {
    pool.busy.add(worker)
    const outcome = await worker.run(event)
    pool.busy.delete(worker)
    if (worker.ended) workers.delete(worker)
    else rest(pool, worker)
    if (!outcome.ok && !stopping)
      options.log(`[${pool.deployed.principal.name}] ${outcome.errorType}: ${outcome.errorMessage}`)
    resolve(outcome)
    for (const other of pools.values()) dispatch(other)
  }

  const rest = (pool: Pool, worker: FunctionWorker) => {
    const timer = setTimeout(() => {
      pool.idle.delete(worker)
      void end(worker)
    }, idleMilliseconds)
    pool.idle.set(worker, timer.unref())
  }

  return {
    principals: new Map([...pools.values()].map(({ deployed }) => [deployed.accessKeyId, deployed.principal])),
    principalOf: (functionArn) => pools.get(unqualified(functionArn))?.deployed.principal,
    invoke: (functionArn, event) => {
      const pool = pools.get(unqualified(functionArn))
      if (!pool) return Promise.resolve(notFound(functionArn))
      if (stopping) return Promise.resolve(stopped)
      return new Promise((resolve) => {
        pool.waiting.push({ event, resolve })
        dispatch(pool)
      })
    },
    underWay: () => pools.values().reduce((sum, { busy, waiting }) => sum + busy.size + waiting.length, 0),
    kill(sessionToken) {
      for (const worker of workers) if (sessionTokens.get(worker) === sessionToken) worker.kill()
    },
    async stop() {
      stopping = true
      for (const { waiting } of pools.values()) for (const { resolve } of waiting.splice(0)) resolve(stopped)
      await Promise.all([...workers].map(end))
    },
  }
}

const takeIdle = ({ idle }: Pool, place: 0 | -1): FunctionWorker | undefined => {
  const [worker, timer] = [...idle].at(place) ?? []
  clearTimeout(timer)
  if (worker) idle.delete(worker)
  return worker
}

/** Without version or alias, of which the local run has one only. */
const unqualified = (functionArn: string) => functionArn.split(':').slice(0, 7).join(':')

const notFound = (functionArn: string): InvocationOutcome => ({
  ok: false,
  errorType: 'ResourceNotFoundException',
  errorMessage: `Function not found: ${functionArn}`,
})

const poolOf = (deployed: DeployedFunction): Pool => ({ deployed, busy: new Set(), idle: new Map(), waiting: [] })
