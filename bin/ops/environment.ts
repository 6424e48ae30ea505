import type { Signer } from '../../shared/adapters/operations-api/signed-fetch.ts'

/** Everything outside itself that the command line uses; passed in so that tests can replace it. */
export interface OpsEnvironment {
  readonly fetch: typeof fetch
  readonly sleep: (milliseconds: number) => Promise<void>
  readonly findDeployedApi: (stage: string) => Promise<DeployedApi>
  /** The absolute path of a file as it was typed. */
  readonly resolveFromCwd: (path: string) => string
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Whether stderr is a terminal, on which a line can be written over. */
  readonly isTerminal: boolean
  /** In milliseconds, from any beginning. */
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
  /** Stable, for machines: a problem's code or one of the command line's own. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
