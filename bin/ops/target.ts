import { type OperationsApi, operationsApi } from '../../shared/adapters/operations-api/operations-api.ts'
import { type OpsEnvironment, OpsFailure } from './environment.ts'
import type { ProgressOutput } from './import-progress.ts'

/** The result of a command. */
export interface CommandResult {
  /** For machines: the API's response. */
  readonly json: object
  /** For people: complete lines. */
  readonly text: string
  /** Why it was refused; absent on success. */
  readonly refusal?: string
}

/** The stage and API that a command works on. */
export interface Target {
  readonly stage: string
  readonly dryRun: boolean
  /** Its name for people: `stage dev` or the local run's address. */
  readonly place: string
  /** Finds the API and the caller's credentials for it. */
  readonly api: () => Promise<OperationsApi>
  readonly sleep: OpsEnvironment['sleep']
  readonly resolveFromCwd: OpsEnvironment['resolveFromCwd']
  readonly writeFile: OpsEnvironment['writeFile']
  /** Prints a progress line to stderr; nothing with `--json`. */
  readonly progress: (line: string) => void
  /** The same output, for progress that overwrites its line. */
  readonly progressOutput: ProgressOutput
}

interface Options {
  readonly json?: true
  readonly dryRun?: true
  readonly stage: string
  readonly local?: string
  readonly as?: string
}

/** The local run identifies a person by the access key and does not verify signatures. */
const localSigner = (person: string) => ({
  region: 'eu-west-1',
  credentials: { accessKeyId: `operator-${person}`, secretAccessKey: 'local' },
})

/** Throws OpsFailure `wrong-use` if the options are inconsistent. */
export const connect = (options: Options, environment: OpsEnvironment): Target => {
  const { stage, dryRun = false, local, as, json } = options
  const { fetch, sleep, resolveFromCwd, writeFile, findDeployedApi, stderr, isTerminal, now } = environment
  const write = (text: string) => json || stderr(text)
  const progressOutput = { write, isTerminal, now }
  const common = {
    stage,
    dryRun,
    sleep,
    resolveFromCwd,
    writeFile,
    progress: (line: string) => write(`${line}\n`),
    progressOutput,
  }
  if (local === undefined) {
    if (as !== undefined) {
      throw new OpsFailure(
        'wrong-use',
        '--as goes with --local=URL. Against AWS you are who your role session is named after.',
      )
    }
    const deployed = async () => {
      const { origin, ...signer } = await findDeployedApi(stage)
      return operationsApi(fetch, origin, signer)
    }
    return { ...common, place: `stage ${stage}`, api: deployed }
  }
  if (as === undefined) throw new OpsFailure('wrong-use', '--local=URL needs --as=NAME: who are you?')
  const origin = originOf(local)
  return { ...common, place: origin, api: async () => operationsApi(fetch, origin, localSigner(as)) }
}

const originOf = (text: string): string => {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new OpsFailure('wrong-use', '--local takes an address such as http://localhost:3000')
  }
  return url.origin
}
