import { documentForm, type OpenApiDocument, type OperationObject, operationsOf } from './document.ts'

/** The problems of a description, in sentences; empty if it is valid and complete. */
export const lint = (document: OpenApiDocument): string[] => {
  const form = documentForm.safeParse(document)
  if (!form.success) return form.error.issues.map(({ path, message }) => `${path.join(' › ')}: ${message}`)
  const all = operationsOf(document)
  return [
    ...twice(all.map(({ operation }) => operation.operationId)).map((id) => `operationId ${id} is used twice`),
    ...twice(all.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)).map(
      (route) => `${route} cannot be told from another path`,
    ),
    ...danglingReferences(document),
    ...all.flatMap(({ path, method, operation }) =>
      [
        ...wordless(operation, document),
        ...parameterFaults(path, operation),
        ...problemFaults(operation),
        ...securityFaults(operation, document),
      ].map((fault) => `${method.toUpperCase()} ${path}: ${fault}`),
    ),
  ]
}

const twice = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]

const danglingReferences = (document: OpenApiDocument): string[] =>
  [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)]
    .map(([, name = '']) => name)
    .filter((name) => !Object.hasOwn(document.components.schemas, name))
    .map((name) => `there is no schema ${name}`)

const wordless = ({ summary, tags, requestBody }: OperationObject, document: OpenApiDocument): string[] => {
  const fields = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
    Object.entries(schema.properties ?? {}),
  )
  return [
    ...(summary ? [] : ['it has no summary']),
    ...tags.filter((tag) => !document.tags.some(({ name }) => name === tag)).map((tag) => `nobody says what ${tag} is`),
    ...fields
      .filter(([, { description }]) => !description)
      .map(([name]) => `nobody says what the field ${name} is (bin/openapi/descriptions.ts)`),
  ]
}

const parameterFaults = (path: string, { parameters = [] }: OperationObject): string[] => {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const declared = parameters.filter(({ in: where }) => where === 'path')
  return [
    ...inPath
      .filter((name) => !declared.some((parameter) => parameter.name === name))
      .map((name) => `the path’s ${name} is not declared`),
    ...declared
      .filter(({ name, required }) => !inPath.includes(name) || required !== true)
      .map(({ name }) => `${name} must be in the path, and required`),
    ...parameters
      .filter(({ description }) => !description)
      .map(({ name }) => `nobody says what the parameter ${name} is (bin/openapi/descriptions.ts)`),
  ]
}

const problemFaults = ({ responses, requestBody, security }: OperationObject): string[] => {
  const needed = ['403', '429', '500', ...(requestBody ? ['400', '413', '415'] : [])]
  const needsSession = security.some((scheme) => 'session' in scheme)
  return [
    ...[...needed, ...(needsSession ? ['401'] : [])]
      .filter((status) => !(status in responses))
      .map((status) => `it does not say what ${status} means`),
    ...(Object.keys(responses).some((status) => status < '300') ? [] : ['it never succeeds']),
    ...Object.entries(responses)
      .filter(([status]) => status >= '400')
      .filter(([, { content }]) => !codesOf(content)?.length)
      .map(([status]) => `${status} names no problem codes`),
  ]
}

const codesOf = (content: OperationObject['responses'][string]['content']) =>
  content?.['application/problem+json']?.schema.properties?.code?.enum

const securityFaults = ({ security }: OperationObject, { components }: OpenApiDocument): string[] =>
  security
    .flatMap((scheme) => Object.keys(scheme))
    .filter((name) => !Object.hasOwn(components.securitySchemes, name))
    .map((name) => `there is no security scheme ${name}`)
