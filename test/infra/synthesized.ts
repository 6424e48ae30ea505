import type { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { stubFunctions } from '../../infra/bundle.ts'
import { type BuildOptions, buildApp } from '../../infra/service.ts'
import type { StageName } from '../../infra/stages.ts'

const stackNames = ['edge', 'data', 'web', 'release', 'api', 'operations'] as const
export type StackSuffix = (typeof stackNames)[number]

export interface Resource {
  readonly stack: StackSuffix
  readonly logicalId: string
  readonly Type: string
  // oxlint-disable-next-line typescript/no-explicit-any -- CloudFormation's own shapes
  readonly Properties: any
  readonly DeletionPolicy?: string
}

interface PolicyStatementJson {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: unknown
  readonly Condition?: Statement['Condition']
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly actions: readonly string[]
  /** Each resource as text, references spelled out as in the template. */
  readonly resources: readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Everything one stage would deploy, with stubs for code and without cdk-nag. */
export const synthesize = (stage: StageName, options: BuildOptions = {}) => {
  const app = buildApp(stage, { folders: stubFunctions(), checks: false, ...options })
  // The checks have a test of their own.
  app.synth({ skipValidation: true })
  const templates = Object.fromEntries(
    stackNames.map((name) => [
      name,
      Template.fromStack(app.node.findChild(`results-service-${stage}-${name}`) as Stack),
    ]),
  ) as Record<StackSuffix, Template>
  const resources: Resource[] = stackNames.flatMap((stack) =>
    Object.entries(templates[stack].toJSON().Resources as Record<string, Omit<Resource, 'stack' | 'logicalId'>>).map(
      ([logicalId, resource]) => ({ ...resource, stack, logicalId }),
    ),
  )
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type)
  const functions = ofType('AWS::Lambda::Function').filter(({ Properties }) => Properties.FunctionName)

  /** What the role of a function may do, by the function's folder: `identity/log-in`. */
  const statementsOf = (folder: string): Statement[] => {
    const named = functions.find(
      ({ Properties }) => Properties.FunctionName === `results-service-${stage}-${folder.replace('/', '-')}`,
    )
    if (!named) throw new Error(`There is no function ${folder}`)
    const role = named.Properties.Role['Fn::GetAtt'][0]
    return ofType('AWS::IAM::Policy')
      .filter(
        ({ stack, Properties }) =>
          stack === named.stack && Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role),
      )
      .flatMap(({ Properties }) => statementsIn(Properties.PolicyDocument))
  }

  return { templates, resources, ofType, functions, statementsOf, folders: functions.map(folderOf(stage)) }
}

export const statementsIn = (document: { Statement: unknown }): Statement[] =>
  listed(document.Statement).map((statement) => {
    const { Effect, Action, Resource, Condition } = statement as PolicyStatementJson
    return {
      Effect,
      actions: listed(Action),
      resources: listed(Resource).map((resource) =>
        typeof resource === 'string' ? resource : JSON.stringify(resource),
      ),
      ...(Condition && { Condition }),
    }
  })

/** Whether a statement lets somebody do this to a table of the contract. */
export const touches = (statement: Statement, table: string, actions?: readonly string[]): boolean =>
  statement.Effect === 'Allow' &&
  statement.actions.some((action) => action.startsWith('dynamodb:') && (!actions || actions.includes(action))) &&
  statement.resources.some((resource) => resource.includes(`${table.replaceAll('-', '')}table`))

const folderOf =
  (stage: string) =>
  ({ Properties }: Resource): string =>
    (Properties.FunctionName as string).replace(`results-service-${stage}-`, '').replace('-', '/')

const listed = <Item>(value: Item | readonly Item[]): readonly Item[] =>
  Array.isArray(value) ? value : [value as Item]
