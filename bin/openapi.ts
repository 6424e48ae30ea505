import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import * as z from 'zod/mini'
import { answers, problemDetails } from '../shared/contracts/answers.ts'
import { type Operation, type OperationName, operations } from '../shared/contracts/http.ts'
import { type ProblemCode, problems } from '../shared/contracts/problems.ts'

/** Writes `docs/openapi.yaml` (OpenAPI 3.1) from the contracts; `npm run openapi`. */
const schema = (type: z.ZodMiniType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { target: 'draft-2020-12' })
  return rest
}

const everywhere: readonly ProblemCode[] = ['unexpected', 'try-again']
const forAccess: Record<Operation['access'], readonly ProblemCode[]> = {
  public: ['forbidden'],
  candidate: ['forbidden', 'not-signed-in'],
  operator: ['forbidden'],
}
const forBody: readonly ProblemCode[] = ['malformed-request', 'too-large', 'not-json']

/** Problem answers grouped by status, since OpenAPI has one answer for each. */
const refusals = (codes: readonly ProblemCode[]): Record<string, object> => {
  const byStatus = Object.groupBy(new Set(codes), (code) => problems[code][0])
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, of = []]) => [
      status,
      {
        description: of.map((code) => `\`${code}\`: ${problems[code][1]}`).join(' '),
        ...(of.some((code) => problems[code][0] === 423 || problems[code][0] === 429) && {
          headers: { 'Retry-After': { description: 'Seconds, rounded up.', schema: { type: 'integer' } } },
        }),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

const operationObject = (name: OperationName): object => {
  const operation: Operation = operations[name]
  const { success, problems: own } = answers[name]
  const parameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    operationId: name,
    ...(operation.summary && { summary: operation.summary }),
    ...(parameters.length > 0 && { parameters }),
    security: { public: [], candidate: [{ session: [] }], operator: [{ sigv4: [] }] }[operation.access],
    ...(operation.body && {
      requestBody: { required: true, content: { 'application/json': { schema: schema(operation.body) } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(success).map(([status, body]) => [
          status,
          {
            description: body ? 'Done.' : 'Done; no body.',
            ...(body && { content: { 'application/json': { schema: schema(body) } } }),
          },
        ]),
      ),
      ...refusals([...own, ...forAccess[operation.access], ...(operation.body ? forBody : []), ...everywhere]),
    },
  }
}

/** The whole description, as data. */
export const openApi = () => ({
  openapi: '3.1.0',
  info: {
    title: 'Results service',
    version: '1.0.0',
    description: 'Registration, login and results of exam candidates. Generated from `shared/contracts`.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  paths: (Object.keys(operations) as OperationName[]).reduce<Record<string, Record<string, object>>>((paths, name) => {
    const { path, method } = operations[name]
    return { ...paths, [path]: { ...paths[path], [method.toLowerCase()]: operationObject(name) } }
  }, {}),
  components: {
    schemas: { Problem: schema(problemDetails) },
    securitySchemes: {
      session: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
      sigv4: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'AWS Signature Version 4 of an operator role (service `execute-api`).',
      },
    },
  },
})

export const openApiText = (): string => stringify(openApi(), { lineWidth: 120 })

if (import.meta.main) writeFileSync('docs/openapi.yaml', openApiText())
