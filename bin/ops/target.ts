import { type OperationsApi, operationsApi } from '../../shared/adapters/operations-api/operations-api.ts'
import { type OpsEnvironment, OpsFailure } from './environment.ts'
import type { ProgressOutput } from './import-progress.ts'

/** What a command came to. */
export interface CommandResult {
  /** For machines: the contract's answer. */
  readonly json: object
  /** For people: whole lines. */
  readonly text: string
  /** Why it came to nothing; absent if it was done. */
  readonly refusal?: string
}

/** What a command works on. */
export interface Target {
  readonly stage: string
  readonly dryRun: boolean
  /** Where that is, for people: `stage dev` or the local run's address. */
  readonly place: string
  /** Finds the API, and the person's credentials for it. */
  readonly api: () => Promise<OperationsApi>
  readonly sleep: OpsEnvironment['sleep']
  readonly resolveFromCwd: OpsEnvironment['resolveFromCwd']
  readonly writeFile: OpsEnvironment['writeFile']
  /** A line about how far it is, apart from the answer; nowhere if machines read the answer. */
  readonly progress: (line: string) => void
  /** The same place, for what writes its line over again. */
  readonly progressOutput: ProgressOutput
}

interface Options {
  readonly json?: true
  readonly dryRun?: true
  readonly stage: string
  readonly local?: string
  readonly as?: string
}

/** The local run knows a person by the access key and checks no signature. */
const localSigner = (person: string) => ({
  region: 'eu-west-1',
  credentials: { accessKeyId: `operator-${person}`, secretAccessKey: 'local' },
})

/** Throws OpsFailure `wrong-use` where the options do not go together. */
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
