import { readFileSync } from 'node:fs'
import { App, type AppProps, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { bundleFunctions, type FunctionFolders, stubFunctions } from './bundle.ts'
import type { FunctionParts } from './constructs/service-function.ts'
import { ApiStack } from './stacks/api-stack.ts'
import { DataStack } from './stacks/data-stack.ts'
import { EdgeStack } from './stacks/edge-stack.ts'
import { OperationsStack } from './stacks/operations-stack.ts'
import { ReleaseStack } from './stacks/release-stack.ts'
import { WebStack } from './stacks/web-stack.ts'
import { findStage, type Stage, stageNames, stageResourceName } from './stages.ts'

export interface BuildOptions {
  /** Where the assembly is written; default as the CDK decides. */
  readonly outdir?: string
  /** The functions' code; default: bundle them now, or stubs where the command line says `-c functions=stubs`. */
  readonly folders?: FunctionFolders
  /** Checks by cdk-nag, which take most of a synthesis; default true. */
  readonly checks?: boolean
  /** Settings that replace the stage's own. */
  readonly settings?: Partial<Stage>
  /** As links in mails begin; default the address of the stage's site. */
  readonly siteUrl?: string
}

/** Its message is one line for whoever typed the stage's name. */
export class UnknownStage extends Error {
  constructor(name: string) {
    super(`There is no stage '${name}'; choose one of ${stageNames.join(', ')}.`)
  }
}

/** The whole service of one stage: the one named, else that of the command line's `-c stage=…`, else dev. Throws `UnknownStage`. */
export const buildApp = (stageName?: string, options: BuildOptions = {}): App => {
  const app = new App({
    analyticsReporting: false,
    ...(context && { context }),
    ...(options.outdir && { outdir: options.outdir }),
  })
  const name = stageName ?? String(app.node.tryGetContext('stage') ?? 'dev')
  const found = findStage(name)
  if (!found) throw new UnknownStage(name)
  const stage = { ...found, ...options.settings }
  if (options.checks ?? true) Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  addStacks(app, stage, options)
  return app
}

// The CDK's own switches, for whoever builds the app without its command line as well.
const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as Pick<
  AppProps,
  'context'
>

const foldersOf = (app: App): FunctionFolders =>
  app.node.tryGetContext('functions') === 'stubs' ? stubFunctions() : bundleFunctions()

const addStacks = (app: App, stage: Stage, options: BuildOptions): void => {
  const env = { region: stage.region }
  const stackName = (suffix: string) => stageResourceName(stage, suffix)
  const data = new DataStack(app, stackName('data'), { env, stage, terminationProtection: stage.durable })
  const edge = new EdgeStack(app, stackName('edge'), { env: { region: 'us-east-1' }, stage })
  const web = new WebStack(app, stackName('web'), { env, stage, data, edge })
  const parts: FunctionParts = { stage, folders: options.folders ?? foldersOf(app), tables: data.tables }
  const siteUrl = options.siteUrl ?? web.siteUrl
  const release = new ReleaseStack(app, stackName('release'), { env, parts, data, siteUrl })
  const api = new ApiStack(app, stackName('api'), { env, parts, data, release, web, siteUrl })
  new OperationsStack(app, stackName('operations'), { env, stage, web, watched: [release, api] })
}
