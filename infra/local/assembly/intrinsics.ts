/** What the intrinsic functions of one stack's template refer to. */
export interface Scope {
  ref(logicalId: string): unknown
  attribute(logicalId: string, name: string): unknown
  condition(name: string): boolean
  importValue(name: string): unknown
  /** An output of a stack, perhaps of another region. */
  stackOutput(stack: string, output: string): unknown
  mapping(map: string, first: string, second: string): unknown
  /** Resolves a dynamic reference such as `{{resolve:secretsmanager:…}}`, given the text between the braces. */
  dynamicReference(reference: string): string
}

/** Evaluates a template expression; `undefined` for `AWS::NoValue`. Throws on an unsupported intrinsic function. */
export const resolve = (value: unknown, scope: Scope): unknown => {
  if (typeof value === 'string') return withDynamicReferences(value, scope)
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== undefined)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [first] = entries
  if (first && entries.length === 1 && isIntrinsic(first[0])) return evaluate(first[0], first[1], scope)
  const resolved = entries.map(([key, item]) => [key, resolve(item, scope)] as const)
  return Object.fromEntries(resolved.filter(([, item]) => item !== undefined))
}

const isIntrinsic = (key: string) => key === 'Ref' || key === 'Condition' || key.startsWith('Fn::')

const evaluate = (name: string, argument: unknown, scope: Scope): unknown => {
  const list = () => (resolve(argument, scope) as unknown[]) ?? []
  switch (name) {
    case 'Ref':
      return scope.ref(String(argument))
    case 'Condition':
      // `Condition` is also an element of IAM policy statements; there its value is an object.
      return typeof argument === 'string' ? scope.condition(argument) : { Condition: resolve(argument, scope) }
    case 'Fn::GetAtt': {
      const [logicalId = '', ...path] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.')
      return scope.attribute(logicalId, path.join('.'))
    }
    case 'Fn::Join': {
      const [separator, parts] = list()
      return withDynamicReferences((parts as unknown[]).map(String).join(String(separator)), scope)
    }
    case 'Fn::Sub':
      return substitute(argument, scope)
    case 'Fn::Select': {
      const [index, parts] = list()
      return (parts as unknown[])[Number(index)]
    }
    case 'Fn::Split': {
      const [separator, text] = list()
      return String(text).split(String(separator))
    }
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = argument as [string, unknown, unknown]
      return resolve(scope.condition(condition) ? whenTrue : whenFalse, scope)
    }
    case 'Fn::Equals': {
      const [left, right] = list()
      return left === right
    }
    case 'Fn::And':
      return list().every(Boolean)
    case 'Fn::Or':
      return list().some(Boolean)
    case 'Fn::Not':
      return !list()[0]
    case 'Fn::ImportValue':
      return scope.importValue(String(resolve(argument, scope)))
    case 'Fn::GetStackOutput': {
      const { StackName, OutputName } = resolve(argument, scope) as Record<string, unknown>
      return scope.stackOutput(String(StackName), String(OutputName))
    }
    case 'Fn::FindInMap': {
      const [map, firstKey, secondKey] = list().map(String)
      return scope.mapping(map ?? '', firstKey ?? '', secondKey ?? '')
    }
    case 'Fn::Base64':
      return Buffer.from(String(resolve(argument, scope))).toString('base64')
    default:
      throw new Error(`the local run does not support ${name}`)
  }
}

const substitute = (argument: unknown, scope: Scope): string => {
  const [template, values = {}] = (Array.isArray(argument) ? argument : [argument]) as [
    string,
    Record<string, unknown>?,
  ]
  const text = template.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (name in values) return String(resolve(values[name], scope))
    const [logicalId = '', ...path] = name.split('.')
    return String(path.length > 0 ? scope.attribute(logicalId, path.join('.')) : scope.ref(logicalId))
  })
  return withDynamicReferences(text, scope)
}

const withDynamicReferences = (text: string, scope: Scope): string =>
  text.includes('{{resolve:')
    ? text.replaceAll(/\{\{resolve:([^}]+)\}\}/g, (_, reference: string) => scope.dynamicReference(reference))
    : text
