import { type JsonSchema, type OpenApiDocument, type OperationObject, operationsOf } from './document.ts'

/** The API page in Markdown: each operation with its request, responses and errors. */
export const apiPage = (document: OpenApiDocument): string => {
  const operations = operationsOf(document)
  const chapters = document.tags.map(({ name, description }) => [
    `## ${name}`,
    description,
    ...operations
      .filter(({ operation }) => operation.tags.includes(name))
      .map(({ path, method, operation }) => section(path, method, operation)),
  ])
  const { title, description } = document.info
  return `${[
    `# ${title}: the API`,
    'Made by `npm run openapi` from the same description as [openapi.yaml](openapi.yaml); edit neither by hand.',
    description,
    ...chapters.flat(),
    '## Problems',
    'Every refusal is `application/problem+json` (RFC 9457) and never repeats a value that was sent.',
    fieldTable(document.components.schemas.Problem ?? {}, 'answer'),
  ].join('\n\n')}\n`
}

const section = (path: string, method: string, operation: OperationObject): string => {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation
  return [
    `### \`${method.toUpperCase()} ${path}\``,
    [`**${operationId}.** ${summary}`, description, callers(operation)].filter(Boolean).join(' '),
    ...(parameters.length > 0
      ? [
          table(
            ['parameter', 'in', 'is'],
            parameters.map(({ name, in: where, description }) => [`\`${name}\``, where, description ?? '']),
          ),
        ]
      : []),
    ...Object.values(requestBody?.content ?? {}).map(({ schema }) => fieldTable(schema, 'request')),
    table(
      ['status', 'answer'],
      Object.entries(responses).map(([status, { description, content }]) => [status, answer(description, content)]),
    ),
    ...Object.entries(responses)
      .filter(([status]) => status < '300')
      .flatMap(([status, { content }]) => answerFields(status, content?.['application/json']?.schema)),
  ].join('\n\n')
}

const callers = ({ security }: OperationObject): string => {
  const schemes = security.flatMap((scheme) => Object.keys(scheme))
  if (schemes.includes('session')) return 'For the signed-in candidate.'
  return schemes.includes('sigv4') ? 'For operators, signed.' : 'For everybody.'
}

const answer = (description: string, content: OperationObject['responses'][string]['content'] = {}): string =>
  'application/problem+json' in content && 'application/json' in content
    ? `${description} Or API Gateway’s own \`{"message": …}\`.`
    : description

const answerFields = (status: string, schema: JsonSchema | undefined): string[] =>
  schema && Object.keys(schema.properties ?? {}).length > 0
    ? [`Fields of ${status}:`, fieldTable(schema, 'answer')]
    : []

const fieldTable = (schema: JsonSchema, of: 'request' | 'answer'): string =>
  table(
    ['field', 'type', ...(of === 'request' ? ['is'] : [])],
    fieldsOf(schema).map(({ name, field, required }) => [
      `\`${name}\`${required ? '' : ' (may be missing)'}`,
      typeOf(field),
      ...(of === 'request' ? [field.description ?? ''] : []),
    ]),
  )

interface Field {
  readonly name: string
  readonly field: JsonSchema
  readonly required: boolean
}

/** All fields, including nested ones, such as `results[].skills[].name`. */
const fieldsOf = (schema: JsonSchema, prefix = ''): Field[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = `${prefix}${key}`
    const inner = field.items ? fieldsOf(field.items, `${name}[].`) : fieldsOf(field, `${name}.`)
    return [{ name, field, required: schema.required?.includes(key) ?? false }, ...inner]
  })

const typeOf = ({ type, format, enum: values, const: only, items }: JsonSchema): string => {
  if (values) return values.map((value) => `\`${String(value)}\``).join(' ')
  if (only !== undefined) return `\`${JSON.stringify(only)}\``
  if (items) return `list of ${typeOf(items)}`
  return format ?? String(type)
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
