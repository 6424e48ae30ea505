import { StartUpError } from '../start-up-error.ts'
import type { LocalResource } from '../types.ts'
import type { AssemblyFiles, StackFiles, TemplateResource } from './assembly-files.ts'
import { resolve, type Scope } from './intrinsics.ts'
import { ignoredTypes, type ResourceContext, type ResourceType, supportedTypes } from './resource-types.ts'

export interface AssemblyOptions {
  /** Where the local run's AWS endpoint will listen; queue URLs begin with it. */
  readonly awsUrl: string
  /** Value of a secret that AWS would generate at deployment, by the secret's ARN. */
  readonly generatedSecret: (arn: string) => string
}

/** The account of everything in the local run. */
export const localAccount = '000000000000'

/** One stack; its expressions are resolved on demand. */
interface ResolvedStack {
  resources(): LocalResource[]
  /** `[<stack>.<output id>, value]` */
  outputs(): [string, string][]
  /** ARNs of functions that are only called during deployment. */
  helpers(): unknown[]
  /** The value exported under this name, if any. */
  exported(name: string): unknown
}

/** Lookups into other stacks. */
type OtherStacks = Pick<Scope, 'importValue' | 'stackOutput'>

/** Throws StartUpError, on access, for a type or expression that the local run does not support. */
export const resolveStacks = ({ stacks: files }: AssemblyFiles, options: AssemblyOptions): readonly ResolvedStack[] => {
  const others: OtherStacks = {
    importValue(name) {
      for (const stack of stacks) {
        const value = stack.exported(name)
        if (value !== undefined) return value
      }
      throw new StartUpError(`No stack of the assembly exports ${name}`)
    },
    stackOutput: (stack, output) =>
      stacks.flatMap((other) => other.outputs()).find(([name]) => name === `${stack}.${output}`)?.[1] ??
      fail(stack, `it has no output ${output}`),
  }
  const stacks: readonly ResolvedStack[] = files.map((stack) => resolveStack(stack, options, others))
  return stacks
}

const fail = (stack: string, problem: string): never => {
  throw new StartUpError(`Stack ${stack}: ${problem}`)
}

const resolveStack = (
  { name: stack, region, template }: StackFiles,
  { awsUrl, generatedSecret }: AssemblyOptions,
  others: OtherStacks,
): ResolvedStack => {
  const pseudoParameters: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': localAccount,
    'AWS::NoValue': undefined,
    'AWS::NotificationARNs': [],
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${localAccount}:stack/${stack}/local`,
    'AWS::StackName': stack,
    'AWS::URLSuffix': 'amazonaws.com',
  }

  const find = (logicalId: string): TemplateResource =>
    template.Resources?.[logicalId] ?? fail(stack, `nothing is called ${logicalId}`)

  const named = (logicalId: string, type: ResourceType): ResourceContext => {
    const { Properties = {} } = find(logicalId)
    const given = type.nameProperty && Properties[type.nameProperty]
    return {
      stack,
      logicalId,
      name: given === undefined ? `${stack}-${logicalId}` : String(resolve(given, scope)),
      region,
      account: localAccount,
      awsUrl,
      property: (property) => resolve(Properties[property], scope),
    }
  }

  const reference = (logicalId: string): string => {
    const type = typeOf(find(logicalId))
    const resource = named(logicalId, type)
    return type.ref?.(resource) ?? resource.name
  }

  const scope: Scope = {
    ref(logicalId) {
      if (logicalId in pseudoParameters) return pseudoParameters[logicalId]
      const parameter = template.Parameters?.[logicalId]
      return parameter ? parameter.Default : reference(logicalId)
    },
    attribute(logicalId, attribute) {
      const resource = find(logicalId)
      const type = typeOf(resource)
      const give = attribute === 'Arn' ? type.arn : type.attributes?.[attribute]
      if (give) return give(named(logicalId, type))
      return resource.Type in ignoredTypes
        ? `${stack}-${logicalId}.${attribute}`
        : fail(stack, `the local run does not support ${attribute} of ${resource.Type} (${logicalId})`)
    },
    condition: (name) => Boolean(resolve(template.Conditions?.[name], scope)),
    ...others,
    mapping: (map, first, second) => template.Mappings?.[map]?.[first]?.[second],
    dynamicReference(dynamic) {
      const [, arn] =
        /^secretsmanager:(arn:aws:secretsmanager:[^:]*:[^:]*:secret:[^:]+):SecretString:::?$/.exec(dynamic) ?? []
      return arn ? generatedSecret(arn) : fail(stack, `the local run does not support the reference ${dynamic}`)
    },
  }

  /** CloudFormation's `Condition` of a resource or an output. */
  const exists = ({ Condition }: { readonly Condition?: string }) => !Condition || scope.condition(Condition)

  const resolveResource = (logicalId: string, resource: TemplateResource): LocalResource => {
    const type =
      supportedTypes[resource.Type] ?? fail(stack, `the local run does not support ${resource.Type} (${logicalId})`)
    const properties = resolvedProperties(logicalId, resource)
    const arn = type.arn?.(named(logicalId, type)) ?? ''
    return {
      stack,
      logicalId,
      type: resource.Type,
      properties: properties.GenerateSecretString ? { ...properties, SecretString: generatedSecret(arn) } : properties,
      id: reference(logicalId),
      arn,
    }
  }

  const resolvedProperties = (logicalId: string, { Properties = {} }: TemplateResource) => {
    try {
      return resolve(Properties, scope) as Record<string, unknown>
    } catch (cause) {
      if (cause instanceof StartUpError) throw cause
      throw new StartUpError(`Stack ${stack}, ${logicalId}: ${(cause as Error).message}`, { cause })
    }
  }

  return {
    resources: () =>
      Object.entries(template.Resources ?? {})
        .filter(([, resource]) => !(resource.Type in ignoredTypes) && exists(resource))
        .map(([logicalId, resource]) => resolveResource(logicalId, resource)),
    helpers: () =>
      Object.values(template.Resources ?? {})
        .map(({ Properties }) => Properties?.ServiceToken)
        .filter((token) => token !== undefined)
        .map((token) => resolve(token, scope)),
    outputs: () =>
      Object.entries(template.Outputs ?? {})
        .filter(([, output]) => exists(output))
        .map(([id, { Value }]) => [`${stack}.${id}`, String(resolve(Value, scope))]),
    exported(name) {
      const output = Object.values(template.Outputs ?? {}).find(
        ({ Export }) => Export !== undefined && resolve(Export.Name, scope) === name,
      )
      return output && resolve(output.Value, scope)
    },
  }
}

const typeOf = (resource: TemplateResource): ResourceType => supportedTypes[resource.Type] ?? {}
