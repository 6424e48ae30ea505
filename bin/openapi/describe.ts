import * as z from 'zod/mini'
import {
  answers,
  documentedProblems,
  gatewayAnswer,
  mayComeFromGateway,
  problemDetails,
} from '../../shared/contracts/answers.ts'
import { type Operation, type OperationName, operations, sessionCookie } from '../../shared/contracts/http.ts'
import { type ProblemCode, problems } from '../../shared/contracts/problems.ts'
import { chapters, fields, parameters, remarks } from './descriptions.ts'
import type { JsonSchema, OpenApiDocument, OperationObject } from './document.ts'

/** The JSON Schema of a contract; instants and dates have a `format` instead of a `pattern`. */
const schemaOf = (type: z.ZodMiniType): JsonSchema => {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    },
  })
  return schema as JsonSchema
}

const requestSchema = (body: z.ZodMiniType): JsonSchema => {
  const schema = schemaOf(body)
  const described = Object.entries(schema.properties ?? {}).map(([name, field]) => [
    name,
    { ...field, ...(fields[name] && { description: fields[name] }) },
  ])
  return { ...schema, properties: Object.fromEntries(described) }
}

/** Problems grouped by status, as OpenAPI has one response per status. */
const refusals = (name: OperationName): OperationObject['responses'] => {
  const byStatus = Object.groupBy(documentedProblems(name), (code) => problems[code][0])
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes]) => [status, refusal(name, Number(status), codes)]),
  )
}

const refusal = (name: OperationName, status: number, codes: readonly ProblemCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${problems[code][1]}`).join(' '),
  ...([423, 429].includes(status) && {
    headers: { 'Retry-After': { description: 'Seconds, rounded up.', schema: { type: 'integer' } } },
  }),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem', properties: { code: { enum: codes } } },
    },
    ...(mayComeFromGateway(name, status) && {
      'application/json': { schema: { $ref: '#/components/schemas/GatewayAnswer' } },
    }),
  },
})

const successes = (name: OperationName): OperationObject['responses'] => {
  const { success, file } = answers[name]
  const statuses = Object.entries(success).map(([status, body]) => [
    status,
    body
      ? { description: 'Done.', content: { 'application/json': { schema: schemaOf(body) } } }
      : { description: 'Done; no body.' },
  ])
  return {
    ...Object.fromEntries(statuses),
    ...(file && { 200: { description: 'The file.', content: { [file]: { schema: {} } } } }),
  }
}

const parameterObject = (where: 'path' | 'query', name: string) => ({
  name,
  in: where,
  required: where === 'path',
  ...(parameters[name] && { description: parameters[name] }),
  schema: { type: 'string' },
})

const operationObject = (name: OperationName): OperationObject => {
  const operation: Operation = operations[name]
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, parameter = '']) => parameter)
  const all = [
    ...inPath.map((parameter) => parameterObject('path', parameter)),
    ...(operation.query ?? []).map((parameter) => parameterObject('query', parameter)),
  ]
  return {
    operationId: name,
    tags: [operation.function.split('/')[0] ?? ''],
    summary: operation.summary,
    ...(remarks[name] && { description: remarks[name] }),
    ...(all.length > 0 && { parameters: all }),
    security: { public: [], candidate: [{ session: [] }], operator: [{ sigv4: [] }] }[operation.access],
    ...(operation.body && {
      requestBody: { required: true, content: { 'application/json': { schema: requestSchema(operation.body) } } },
    }),
    responses: { ...successes(name), ...refusals(name) },
  }
}

const about = `Registration, login and results of exam candidates. Bodies are JSON in UTF-8 of at most 16 KiB; fields that
are not listed, or listed twice, are refused. Instants are ISO 8601 in UTC, dates \`YYYY-MM-DD\`. A path that is not
listed answers 404 \`not-found\`, a method that a path does not take 405 \`method-not-allowed\` with \`Allow\`. Clients
must bear new fields in answers, new codes and new values of enumerations. Generated from \`shared/contracts\`.`

/** The whole API as an OpenAPI 3.1 document, generated from the contracts. */
export const describeApi = (): OpenApiDocument => {
  const names = Object.keys(operations) as OperationName[]
  const paths = Map.groupBy(names, (name) => operations[name].path)
  const used = new Set(names.map((name) => operations[name].function.split('/')[0]))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Results service',
      version: '1.0.0',
      description: about.replaceAll('\n', ' '),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(chapters)
      .filter(([name]) => used.has(name))
      .map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(
      [...paths].map(([path, of]) => [
        path,
        Object.fromEntries(of.map((name) => [operations[name].method.toLowerCase(), operationObject(name)])),
      ]),
    ),
    components: {
      schemas: { Problem: schemaOf(problemDetails), GatewayAnswer: schemaOf(gatewayAnswer) },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie,
          description: 'The candidate’s session, as `POST /api/v1/sessions` sets it.',
        },
        sigv4: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'AWS Signature Version 4 of an operator role (service `execute-api`).',
        },
      },
    },
  }
}
