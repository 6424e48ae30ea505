import jsonBodyParser from '@middy/http-json-body-parser'
import type * as z from 'zod/mini'
import { maximumBodyBytes } from '../contracts/http.ts'
import type { FieldCode, FieldProblem } from '../contracts/problems.ts'
import { hasDuplicateKeys } from './duplicate-keys.ts'
import type { HttpEvent } from './http-event.ts'
import { problem, Refused } from './problem.ts'

// It would let any `application/…+json` pass, and no space before a parameter.
const parser = jsonBodyParser({ disableContentTypeCheck: true })

/**
 * The body as the operation's schema describes it. Throws `Refused` with `too-large`, `not-json` or
 * `malformed-request`, the last with the fields' names where the body is an object.
 */
export const readBody = <Body extends z.ZodMiniType>(event: HttpEvent, schema: Body): z.infer<Body> => {
  const parsed = schema.safeParse(parseJson(event))
  if (parsed.success) return parsed.data
  throw new Refused(problem('malformed-request', { fields: fieldProblems(parsed.error.issues, event.body) }))
}

/** Throws `Refused` if there are more bytes than any operation takes. */
export const checkSize = ({ body, isBase64Encoded }: HttpEvent): void => {
  if (typeof body !== 'string') return
  if (Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8') > maximumBodyBytes) {
    throw new Refused(problem('too-large'))
  }
}

/** Leaves the parsed body in `event.body`, as the middleware does. */
const parseJson = (event: HttpEvent): unknown => {
  if (!saysJson(event.headers['content-type'])) throw new Refused(problem('not-json'))
  const text = textOf(event)
  try {
    void parser.before?.({ event } as never)
  } catch {
    // The middleware keeps the raw body in `error.cause`, so its error goes no further.
    throw new Refused(problem('malformed-request'))
  }
  if (hasDuplicateKeys(text)) throw new Refused(problem('malformed-request'))
  return event.body
}

const textOf = ({ body, isBase64Encoded }: HttpEvent): string =>
  typeof body !== 'string' ? '' : isBase64Encoded ? Buffer.from(body, 'base64').toString() : body

/** With or without parameters, which change nothing: JSON is UTF-8 (RFC 8259). */
const saysJson = (contentType = ''): boolean => /^application\/json[ \t]*(;|$)/i.test(contentType)

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names beyond this length are cut: an unknown field's name is the client's text. */
const maxFieldNameLength = 64

const fieldProblems = (issues: readonly z.core.$ZodIssue[], body: unknown): FieldProblem[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: key.slice(0, maxFieldNameLength), code: 'unknown-field' as const }))
      : issue.path.length === 0
        ? []
        : [{ path: issue.path.join('.'), code: codeOf(issue, body) }],
  )

const codeOf = (issue: z.core.$ZodIssue, body: unknown): FieldCode => {
  const [name] = issue.path
  if (isPlainObject(body) && !Object.hasOwn(body, String(name))) return 'required'
  if (issue.code === 'invalid_type') return issue.expected === 'boolean' ? 'not-a-boolean' : 'not-a-string'
  return 'not-in-list'
}
