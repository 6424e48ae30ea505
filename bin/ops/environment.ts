import type { Signer } from '../../shared/adapters/operations-api/signed-fetch.ts'

/** The command line's external dependencies; passed in so that tests can replace them. */
export interface OpsEnvironment {
  readonly fetch: typeof fetch
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly findDeployedApi: (stage: string) => Promise<DeployedApi>
  /** The absolute path of a file as it was typed. */
  readonly resolveFromCwd: (path: string) => string
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Whether stderr is a terminal, on which a line can be overwritten. */
  readonly isTerminal: boolean
  /** Monotonic time in milliseconds. */
  readonly now: () => number
  readonly writeFile: (path: string, content: string) => Promise<void>
}

/** A stage's API in AWS, and the caller's own credentials for it. */
export interface DeployedApi extends Signer {
  /** Origin of the HTTP API, without a path. */
  readonly origin: string
}

/** Why a command stops, as a sentence that says what to do. */
export class OpsFailure extends Error {
  override readonly name = 'OpsFailure'
  /** Stable code for machines: a problem code of the API or one of the command line. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
