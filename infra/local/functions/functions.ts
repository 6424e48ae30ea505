import { randomUUID } from 'node:crypto'
import type { MovableClock } from '../clock.ts'
import type { InvocationOutcome, Invoke, LocalAssembly, LocalPrincipal } from '../types.ts'
import { type DeployedFunction, deployedFunction } from './deployed-function.ts'
import { type FunctionWorker, startFunctionWorker } from './function-worker.ts'

export interface FunctionsOptions {
  readonly assembly: LocalAssembly
  readonly clock: MovableClock
  /** Endpoint for the functions' SDK calls. */
  readonly awsUrl: string
  readonly log: (line: string) => void
  /** Maximum number of processes per function and in total. */
  readonly limits?: { readonly perFunction: number; readonly all: number }
  /** Real milliseconds after which an idle process ends. */
  readonly idleMilliseconds?: number
}

/** The assembly's functions, run from their deployed bundles in child processes. */
export interface LocalFunctions {
  readonly invoke: Invoke
  /** The caller, by the access key id given to its function. */
  readonly principals: ReadonlyMap<string, LocalPrincipal>
  readonly principalOf: (functionArn: string) => LocalPrincipal | undefined
  /** Number of events in progress or waiting for a process. */
  underWay(): number
  /** Kills the process whose calls carry this session token. */
  kill(sessionToken: string): void
  /** Stops all processes and resolves when they have exited. */
  stop(): Promise<void>
}

interface Job {
  readonly event: unknown
  readonly resolve: (outcome: InvocationOutcome) => void
}

/** One function with its processes and its waiting events. */
interface Pool {
  readonly deployed: DeployedFunction
  readonly busy: Set<FunctionWorker>
  /** Idle processes, least recently used first, each with its idle timer. */
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
  /** A session token, as role credentials have; it identifies the process. */
  const sessionTokens = new WeakMap<FunctionWorker, string>()
  let stopping = false

  const end = (worker: FunctionWorker) => {
    workers.delete(worker)
    return worker.stop()
  }

  /**
   * A process for the next event: an idle one, else a new one within the limits. Idle processes of other functions are
   * stopped only for a function without any process, as a start takes longer than waiting for a running process.
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

/** Strips version and alias: the local run has only one version. */
const unqualified = (functionArn: string) => functionArn.split(':').slice(0, 7).join(':')

const notFound = (functionArn: string): InvocationOutcome => ({
  ok: false,
  errorType: 'ResourceNotFoundException',
  errorMessage: `Function not found: ${functionArn}`,
})

const poolOf = (deployed: DeployedFunction): Pool => ({ deployed, busy: new Set(), idle: new Map(), waiting: [] })
