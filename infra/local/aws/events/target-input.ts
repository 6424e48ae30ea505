import { StartUpError } from '../../start-up-error.ts'

/** Builds a target's input from an event, as JSON text. */
export type TargetInput = (event: Readonly<Record<string, unknown>>) => string

export interface TargetInputProperties {
  readonly Input?: string
  readonly InputPath?: string
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>
    readonly InputTemplate: string
  }
}

/** Values of the rule that a template can refer to. */
export interface RuleNames {
  readonly arn: string
  readonly name: string
}

/**
 * Compiles a target's `Input`, `InputPath` or `InputTransformer`
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html); the whole event without
 * one. Throws StartUpError on an unsupported JSON path.
 */
export const compileTargetInput = (
  { Input, InputPath, InputTransformer }: TargetInputProperties,
  rule: RuleNames,
  source: string,
): TargetInput => {
  if (Input !== undefined) return () => Input
  if (InputPath !== undefined) {
    const select = compilePath(InputPath, source)
    return (event) => JSON.stringify(select(event) ?? null)
  }
  if (!InputTransformer) return (event) => JSON.stringify(event)
  const variables = new Map(
    Object.entries(InputTransformer.InputPathsMap ?? {}).map(([name, path]) => [name, compilePath(path, source)]),
  )
  return (event) =>
    fillTemplate(InputTransformer.InputTemplate, (name) =>
      name.startsWith('aws.events.') ? predefined(name, event, rule) : variables.get(name)?.(event),
    )
}

const predefined = (name: string, event: Readonly<Record<string, unknown>>, rule: RuleNames): unknown => {
  switch (name) {
    case 'aws.events.rule-arn':
      return rule.arn
    case 'aws.events.rule-name':
      return rule.name
    case 'aws.events.event.ingestion-time':
      return event.time
    case 'aws.events.event.json':
      return event
    case 'aws.events.event': {
      const { detail: _, ...envelope } = event
      return envelope
    }
    default:
      return undefined
  }
}

/** Outside quotes a variable becomes a JSON value, inside quotes part of the text. A missing value becomes empty text. */
const fillTemplate = (template: string, valueOf: (name: string) => unknown): string => {
  let quoted = false
  return template.replaceAll(/\\.|"|<([\w.-]+)>/g, (token, name: string | undefined) => {
    if (token === '"') quoted = !quoted
    if (name === undefined) return token
    const value = valueOf(name) ?? ''
    if (!quoted) return JSON.stringify(value)
    return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1)
  })
}

/** Supports `$.detail.mail.tags.kind[0]` and names in brackets: `$.detail['a-b']`. */
const compilePath = (path: string, source: string): ((event: unknown) => unknown) => {
  if (!/^\$(\.[\w:/-]+|\[\d+\]|\['[^']+'\])*$/.test(path)) {
    throw new StartUpError(`${source}: the local run does not support the JSON path ${path}`)
  }
  const steps = [...path.matchAll(/\.([\w:/-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(
    ([, dotted, index, bracketed]) => dotted ?? index ?? bracketed ?? '',
  )
  return (event) =>
    steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined | null)?.[step], event)
}
