import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MovableClock } from '../clock.ts'
import type { InvocationOutcome } from '../types.ts'
import type { FromFunction, FunctionStart, ToFunction } from './function-messages.ts'

/** One process of a function; it handles one event at a time. */
export interface FunctionWorker {
  run(event: unknown): Promise<InvocationOutcome>
  /** Kills the process, like a crash. */
  kill(): void
  /** True once it cannot accept another event. */
  readonly ended: boolean
  /** Stops the process and resolves when it has exited; an event in progress fails. */
  stop(): Promise<void>
}

export interface FunctionWorkerOptions {
  readonly setup: Omit<FunctionStart, 'kind' | 'clock'>
  /** The process's whole environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly clock: MovableClock
  /** Receives each line of the function's output. */
  readonly log: (line: string) => void
}

const program = join(import.meta.dirname, 'function-process.ts')
/** Lambda allows 10 s; here several processes may be starting on two cores at once. */
const loadMilliseconds = 30_000

export const startFunctionWorker = ({ setup, environment, clock, log }: FunctionWorkerOptions): FunctionWorker => {
  const child = fork(program, [], {
    cwd: setup.code,
    env: environment,
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', log)
  let ended = false
  let settle: ((outcome: InvocationOutcome) => void) | undefined
  const send = (message: ToFunction) => {
    if (child.connected) child.send(message)
  }

  send({ kind: 'start', clock: clock.state(), ...setup })
  const unfollow = clock.follow((state) => send({ kind: 'clock', clock: state }))

  const finish = (outcome: InvocationOutcome) => {
    settle?.(outcome)
    settle = undefined
  }
  const kill = (outcome: InvocationOutcome) => {
    ended = true
    finish(outcome)
    child.kill('SIGKILL')
  }
  const loaded = new Promise<InvocationOutcome | undefined>((resolve) => {
    child.on('message', (message: FromFunction) => {
      switch (message.kind) {
        case 'ready':
          return resolve(undefined)
        case 'returned':
          return finish({ ok: true, payload: JSON.parse(message.payload) as unknown })
        case 'threw': {
          const { errorType, errorMessage } = message
          resolve({ ok: false, errorType, errorMessage })
          return finish({ ok: false, errorType, errorMessage })
        }
      }
    })
    child.once('exit', (code, signal) => {
      ended = true
      unfollow()
      const outcome = exitError(code, signal)
      resolve(outcome)
      finish(outcome)
    })
    child.once('error', (error) => {
      ended = true
      resolve({ ok: false, errorType: 'Runtime.ExitError', errorMessage: error.message })
    })
  })

  return {
    get ended() {
      return ended
    },
    async run(event) {
      const failure = await Promise.race([loaded, sleep(loadMilliseconds, loadTimeOut, { ref: false })])
      if (failure) {
        kill(failure)
        return failure
      }
      const requestId = randomUUID()
      const outcome = new Promise<InvocationOutcome>((resolve) => {
        settle = resolve
      })
      const limit = setTimeout(() => kill(timedOut(requestId, setup.timeoutMilliseconds)), setup.timeoutMilliseconds)
      send({ kind: 'invoke', requestId, event })
      try {
        return await outcome
      } finally {
        clearTimeout(limit)
      }
    },
    kill: () => void child.kill('SIGKILL'),
    stop: () => stopChild(child),
  }
}

const loadTimeOut: InvocationOutcome = {
  ok: false,
  errorType: 'Sandbox.Timedout',
  errorMessage: `The function did not load within ${loadMilliseconds / 1_000} seconds`,
}

/** Lambda's error message. */
const timedOut = (requestId: string, milliseconds: number): InvocationOutcome => ({
  ok: false,
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(milliseconds / 1_000).toFixed(2)} seconds`,
})

const exitError = (code: number | null, signal: NodeJS.Signals | null): InvocationOutcome => ({
  ok: false,
  errorType: 'Runtime.ExitError',
  errorMessage: `Error: Runtime exited with ${signal ? `signal: ${signal}` : `exit status: ${code}`}`,
})

const stopChild = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exit = once(child, 'exit')
  if (child.connected) child.disconnect()
  const force = setTimeout(() => child.kill('SIGKILL'), 1_000)
  await exit
  clearTimeout(force)
}
