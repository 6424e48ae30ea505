import { type Content, type JsonSchema, type OpenApiDocument, type OperationObject, operationsOf } from './document.ts'

/**
 * The changes in `now` that would break a client written for `released`, in sentences. New operations, optional request
 * fields, response fields, statuses and enumeration values are compatible; removals are not.
 */
export const breakingChanges = (released: OpenApiDocument, now: OpenApiDocument): string[] => {
  const current = new Map(operationsOf(now).map((found) => [routeOf(found), found.operation]))
  const paths = new Set(Object.keys(now.paths).map(anonymous))
  return operationsOf(released).flatMap((before) => {
    const after = current.get(routeOf(before))
    const route = `${before.method.toUpperCase()} ${before.path}`
    if (after) return operationChanges(before.operation, after).map((change) => `${route}: ${change}`)
    return paths.has(anonymous(before.path)) ? [`${route} is gone`] : [`${route} is gone, with its path`]
  })
}

/** The path without parameter names, as clients never see them. */
const anonymous = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}')
const routeOf = ({ method, path }: { method: string; path: string }): string => `${method} ${anonymous(path)}`

const operationChanges = (before: OperationObject, after: OperationObject): string[] => [
  ...securityChanges(before, after),
  ...parameterChanges(before, after),
  ...bodyChanges(before, after),
  ...Object.entries(before.responses).flatMap(([status, { content }]) => {
    const answer = after.responses[status]
    return answer ? contentChanges(`answer ${status}`, content, answer.content, promises) : [`status ${status} is gone`]
  }),
]

const securityChanges = ({ security: before }: OperationObject, { security: after }: OperationObject): string[] => {
  const schemes = (security: OperationObject['security']) => security.flatMap((scheme) => Object.keys(scheme))
  return schemes(after)
    .filter((scheme) => !schemes(before).includes(scheme))
    .map((scheme) => `callers now need ${scheme}`)
}

const parameterChanges = (
  { parameters: before = [] }: OperationObject,
  { parameters: after = [] }: OperationObject,
): string[] => {
  const inQuery = (all: typeof before) => all.filter((parameter) => parameter.in === 'query')
  return [
    ...inQuery(before)
      .filter(({ name }) => !inQuery(after).some((parameter) => parameter.name === name))
      .map(({ name }) => `the query parameter ${name} is gone`),
    ...inQuery(after)
      .filter(({ name, required }) => required && !inQuery(before).find((known) => known.name === name)?.required)
      .map(({ name }) => `the query parameter ${name} is now required`),
  ]
}

const bodyChanges = ({ requestBody: before }: OperationObject, { requestBody: after }: OperationObject): string[] => {
  if (!before) return after?.required ? ['a request body is now required'] : []
  return after ? contentChanges('request', before.content, after.content, demands) : ['the request body is gone']
}

const contentChanges = (where: string, before: Content = {}, after: Content = {}, compare: Compare): string[] =>
  Object.entries(before).flatMap(([type, { schema }]) => {
    const now = after[type]
    return now ? compare(where, schema, now.schema) : [`${where} is no longer ${type}`]
  })

/** Lists the incompatible changes between two versions of a schema. */
type Compare = (where: string, before: JsonSchema, after: JsonSchema) => string[]

/** A request must not require more than before. */
const demands: Compare = (where, before, after) => [
  ...sameKind(where, before, after),
  ...(after.required ?? [])
    .filter((name) => !before.required?.includes(name))
    .map((name) => `${where}: the field ${name} is now required`),
  ...(['maxLength', 'maximum', 'maxItems'] as const)
    .filter((limit) => (after[limit] ?? Infinity) < (before[limit] ?? Infinity))
    .map((limit) => `${where}: ${limit} is now ${after[limit]}`),
  ...(['minLength', 'minimum', 'minItems'] as const)
    .filter((limit) => (after[limit] ?? -Infinity) > (before[limit] ?? -Infinity))
    .map((limit) => `${where}: ${limit} is now ${after[limit]}`),
  ...parts(where, before, after, demands),
]

/** A response must not contain less than before. */
const promises: Compare = (where, before, after) => [
  ...sameKind(where, before, after),
  ...(before.required ?? [])
    .filter((name) => after.properties?.[name] && !after.required?.includes(name))
    .map((name) => `${where}: the field ${name} may now be missing`),
  ...parts(where, before, after, promises),
]

const sameKind: Compare = (where, before, after) => [
  ...(['type', 'format', 'pattern', '$ref'] as const)
    .filter((keyword) => JSON.stringify(before[keyword]) !== JSON.stringify(after[keyword]))
    .map((keyword) => `${where}: ${keyword} was ${String(before[keyword])} and is now ${String(after[keyword])}`),
  ...valuesOf(before)
    .filter((value) => valuesOf(after).length > 0 && !valuesOf(after).includes(value))
    .map((value) => `${where}: the value ${String(value)} is gone`),
  ...(valuesOf(before).length === 0 && valuesOf(after).length > 0 ? [`${where}: only some values are left`] : []),
]

const valuesOf = ({ enum: values, const: only }: JsonSchema): readonly unknown[] =>
  values ?? (only === undefined ? [] : [only])

const parts = (where: string, before: JsonSchema, after: JsonSchema, compare: Compare): string[] => [
  ...Object.entries(before.properties ?? {}).flatMap(([name, field]) => {
    const now = after.properties?.[name]
    return now ? compare(`${where}, ${name}`, field, now) : [`${where}: the field ${name} is gone`]
  }),
  ...(before.items && after.items ? compare(`${where}, each`, before.items, after.items) : []),
]
