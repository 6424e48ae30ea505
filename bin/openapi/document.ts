import * as z from 'zod/mini'

/** The JSON Schema (2020-12) keywords that the contracts' schemas use. */
export interface JsonSchema {
  readonly $ref?: string | undefined
  readonly description?: string | undefined
  readonly type?: string | readonly string[] | undefined
  readonly format?: string | undefined
  readonly pattern?: string | undefined
  readonly const?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
  readonly minLength?: number | undefined
  readonly maxLength?: number | undefined
  readonly minItems?: number | undefined
  readonly maxItems?: number | undefined
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined
  readonly required?: readonly string[] | undefined
  readonly additionalProperties?: boolean | JsonSchema | undefined
  readonly items?: JsonSchema | undefined
  readonly anyOf?: readonly JsonSchema[] | undefined
}

const text = z.string().check(z.minLength(1))
const sentence = text.check(z.regex(/^\S(.*\S)?$/s))
const typeName = z.enum(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'])
const size = z.int().check(z.minimum(0))
const optional = z.optional

const jsonSchema: z.ZodMiniType<JsonSchema> = z.lazy(() =>
  z.strictObject({
    $ref: optional(z.string().check(z.regex(/^#\/components\/schemas\/\w+$/))),
    description: optional(sentence),
    type: optional(z.union([typeName, z.array(typeName)])),
    format: optional(text),
    pattern: optional(text),
    const: optional(z.unknown()),
    enum: optional(z.array(z.unknown()).check(z.minLength(1))),
    minimum: optional(z.number()),
    maximum: optional(z.number()),
    minLength: optional(size),
    maxLength: optional(size),
    minItems: optional(size),
    maxItems: optional(size),
    properties: optional(z.record(text, jsonSchema)),
    required: optional(z.array(text)),
    additionalProperties: optional(z.union([z.boolean(), jsonSchema])),
    items: optional(jsonSchema),
    anyOf: optional(z.array(jsonSchema).check(z.minLength(1))),
  }),
)

const content = z.record(z.string().check(z.regex(/^[\w.+-]+\/[\w.+-]+$/)), z.strictObject({ schema: jsonSchema }))

const parameter = z.strictObject({
  name: text,
  in: z.enum(['path', 'query']),
  required: optional(z.boolean()),
  description: optional(sentence),
  schema: jsonSchema,
})

const response = z.strictObject({
  description: sentence,
  headers: optional(z.record(text, z.strictObject({ description: sentence, schema: jsonSchema }))),
  content: optional(content),
})

const operation = z.strictObject({
  operationId: text,
  tags: z.array(text),
  summary: optional(sentence),
  description: optional(sentence),
  parameters: optional(z.array(parameter)),
  security: z.array(z.record(text, z.array(z.string()))),
  requestBody: optional(z.strictObject({ required: z.boolean(), content })),
  responses: z.record(z.string().check(z.regex(/^[1-5]\d\d$/)), response),
})

const methods = z.enum(['get', 'put', 'post', 'delete', 'patch'])

/** The parts of an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0) that this service uses. */
export const documentForm = z.strictObject({
  openapi: z.string().check(z.regex(/^3\.1\.\d+$/)),
  info: z.strictObject({
    title: sentence,
    version: text,
    description: sentence,
    license: z.strictObject({ name: text, identifier: text }),
  }),
  servers: z.array(z.strictObject({ url: text })),
  tags: z.array(z.strictObject({ name: text, description: sentence })),
  paths: z.record(z.string().check(z.regex(/^\/[\w./{}-]*$/)), z.partialRecord(methods, operation)),
  components: z.strictObject({
    schemas: z.record(text, jsonSchema),
    securitySchemes: z.record(
      text,
      z.strictObject({
        type: z.literal('apiKey'),
        in: z.enum(['cookie', 'header']),
        name: text,
        description: sentence,
      }),
    ),
  }),
})

export type OpenApiDocument = z.infer<typeof documentForm>
export type OperationObject = z.infer<typeof operation>
export type Content = z.infer<typeof content>

/** Every operation with its method and path, in document order. */
export const operationsOf = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => (operation ? [{ path, method, operation }] : [])),
  )
