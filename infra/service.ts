import { App, type AppProps, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { bundleFunctions, type FunctionFolders } from './bundle.ts'
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
  /** The functions' code; default: bundle them now. */
  readonly folders?: FunctionFolders
  /** Checks by cdk-nag, which take most of a synthesis; default true. */
  readonly checks?: boolean
  /** Settings that replace the stage's own. */
  readonly settings?: Partial<Stage>
  /** As links in mails begin; default the address of the stage's site. */
  readonly siteUrl?: string
}

/** Throws an error whose message is one clear line if there is no such stage. */
export const buildApp = (stageName: string, options: BuildOptions = {}): App => {
  const found = findStage(stageName)
  if (!found) throw new Error(`There is no stage '${stageName}'; choose one of ${stageNames.join(', ')}.`)
  const stage = { ...found, ...options.settings }
  const app = new App({ ...appProps, ...(options.outdir && { outdir: options.outdir }) })
  if (options.checks ?? true) Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  addStacks(app, stage, options)
  return app
}

const appProps: AppProps = {
  analyticsReporting: false,
  context: {
    // An address or table that another stack still uses cannot be deleted from under it.
    '@aws-cdk/core:defaultCrossStackReferences': 'strong',
    '@aws-cdk/core:validateAgainstDefaultRules': true,
  },
}

const addStacks = (app: App, stage: Stage, options: BuildOptions): void => {
  const env = { region: stage.region }
  const stackName = (suffix: string) => stageResourceName(stage, suffix)
  const data = new DataStack(app, stackName('data'), { env, stage })
  const edge = new EdgeStack(app, stackName('edge'), { env: { region: 'us-east-1' }, stage })
  const web = new WebStack(app, stackName('web'), { env, stage, data, edge })
  const parts: FunctionParts = { stage, folders: options.folders ?? bundleFunctions(), tables: data.tables }
  const siteUrl = options.siteUrl ?? web.siteUrl
  const release = new ReleaseStack(app, stackName('release'), { env, parts, data, siteUrl })
  const api = new ApiStack(app, stackName('api'), { env, parts, data, release, web, siteUrl })
  new OperationsStack(app, stackName('operations'), { env, stage, web, watched: [release, api] })
}
