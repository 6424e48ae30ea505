import { StartUpError } from '../start-up-error.ts'
import type { LocalAssembly, LocalResource } from '../types.ts'
import { type AssemblyFiles, readAssemblyFiles } from './assembly-files.ts'
import { type AssemblyOptions, localAccount, resolveStacks } from './stacks.ts'

/**
 * Reads a folder written by `cdk synth` and resolves every resource that the local run executes. Throws StartUpError,
 * naming the resource, on an unsupported type that is not listed as ignored, and on an unsupported expression.
 */
export const loadAssembly = (folder: string, options: AssemblyOptions): LocalAssembly => {
  const files = readAssemblyFiles(folder)
  const stacks = resolveStacks(files, options)
  const resources = withoutDeploymentHelpers(
    stacks.flatMap((stack) => stack.resources()),
    new Set(stacks.flatMap((stack) => stack.helpers())),
  )
  const byArn = new Map(resources.filter(({ arn }) => arn !== '').map((resource) => [resource.arn, resource]))
  const ofType = (type: string) => resources.filter((resource) => resource.type === type)
  const lambdaStack = ofType('AWS::Lambda::Function')[0]?.stack
  return {
    stage: stageOf(ofType('AWS::Events::EventBus')),
    region: files.stacks.find(({ name }) => name === lambdaStack)?.region ?? files.stacks[0]?.region ?? '',
    account: localAccount,
    resources,
    ofType,
    byArn: (arn) => byArn.get(arn),
    outputs: Object.fromEntries(stacks.flatMap((stack) => stack.outputs())),
    codeOf: (resource) => codeOf(resource, files),
  }
}

/** The bus is named after the stage (contracts, *Event*). */
const stageOf = (buses: readonly LocalResource[]): string =>
  buses.map(({ id }) => /^results-service-(.+)$/.exec(id)?.[1]).find((stage) => stage !== undefined) ?? 'local'

const codeOf = ({ id, properties }: LocalResource, { assets }: AssemblyFiles): string => {
  const { S3Key } = (properties.Code ?? {}) as { S3Key?: string }
  const [source] = (properties.SourceObjectKeys ?? []) as string[]
  const folder = assets.get(S3Key ?? source ?? '')
  if (!folder) throw new StartUpError(`The assembly does not contain the code of ${id}`)
  return folder
}

/** Removes the functions that CDK adds for deployments, and the roles and policies that only they use. */
const withoutDeploymentHelpers = (resources: readonly LocalResource[], helpers: ReadonlySet<unknown>) => {
  const functions = resources.filter(({ type }) => type === 'AWS::Lambda::Function')
  const inUse = new Set(functions.filter(({ arn }) => !helpers.has(arn)).map(({ properties }) => properties.Role))
  const roles = new Set(functions.filter(({ arn }) => helpers.has(arn)).map(({ properties }) => properties.Role))
  const dropped = resources.filter(({ arn }) => helpers.has(arn) || (roles.has(arn) && !inUse.has(arn)))
  const droppedIds = new Set<unknown>(dropped.map(({ id }) => id))
  const servesOnlyDropped = ({ type, properties }: LocalResource) =>
    type === 'AWS::IAM::Policy' && (properties.Roles as unknown[] | undefined)?.every((role) => droppedIds.has(role))
  return resources.filter((resource) => !dropped.includes(resource) && !servesOnlyDropped(resource))
}
