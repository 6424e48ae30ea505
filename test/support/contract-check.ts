import * as z from 'zod/mini'
import {
  answers,
  documentedProblems,
  gatewayAnswer,
  mayComeFromGateway,
  problemDetails,
} from '../../shared/contracts/answers.ts'
import { type OperationName, operations } from '../../shared/contracts/http.ts'
import { type ProblemCode, problems } from '../../shared/contracts/problems.ts'

/** An answer as it came over HTTP. */
export interface SeenAnswer {
  readonly status: number
  readonly contentType: string | null
  /** Parsed JSON; undefined where there was no body. */
  readonly body: unknown
}

/** One documented form of a response; type and body are null if there must be none. */
interface Form {
  readonly type: string | null
  readonly body: z.ZodMiniType
}

/** The operation for a method and path, if any. */
export const operationAt = (method: string, path: string): OperationName | undefined =>
  (Object.keys(operations) as OperationName[]).find(
    (name) => operations[name].method === method && pathPattern(name).test(path.split('?')[0] as string),
  )

/** The allowed methods of a path; empty for an unknown path. */
export const methodsAt = (path: string): string[] =>
  (Object.keys(operations) as OperationName[])
    .filter((name) => pathPattern(name).test(path.split('?')[0] as string))
    .map((name) => operations[name].method)

const pathPattern = (name: OperationName) => new RegExp(`^${operations[name].path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)

const problemForm = (status: number, codes: readonly ProblemCode[]): Form => {
  const told = z.extend(problemDetails, { status: z.literal(status), code: z.enum(codes) })
  const inItsWords = z.refine<z.infer<typeof told>>(
    ({ code, type, title }) => type === `urn:results-service:problem:${code}` && title === problems[code][1],
  )
  return { type: 'application/problem+json', body: told.check(inItsWords) }
}

/** Every documented form of a response with this status. */
const documentedForms = (method: string, path: string, status: number): Form[] => {
  const name = operationAt(method, path)
  const success = name && answers[name].success[status]
  if (success === null) return [{ type: null, body: z.undefined() }]
  const file = name && status === 200 && answers[name].file
  if (file) return [{ type: file, body: z.unknown() }]
  if (success) return [{ type: 'application/json', body: success }]
  const codes: Iterable<ProblemCode> = name ? documentedProblems(name) : ['not-found', 'method-not-allowed']
  const here = [...codes].filter((code) => problems[code][0] === status)
  const fromGateway = name && (mayComeFromGateway(name, status) || (status === 400 && !isDecodable(path)))
  return [
    ...(here.length > 0 ? [problemForm(status, here)] : []),
    ...(fromGateway ? [{ type: 'application/json', body: gatewayAnswer }] : []),
  ]
}

/** API Gateway itself refuses a path whose parameter holds a bad percent sign. */
const isDecodable = (path: string): boolean => {
  try {
    decodeURIComponent(path.split('?')[0] as string)
    return true
  } catch {
    return false
  }
}

const typeOf = ({ contentType }: SeenAnswer): string | null => contentType?.split(';')[0]?.trim() ?? null

/** Says so where no form is documented for the answer's status. */
export const undocumentedStatus = (method: string, path: string, { status }: SeenAnswer): string | undefined =>
  documentedForms(method, path, status).length === 0
    ? `${method} ${path} answered ${status}, which is not documented`
    : undefined

/** Says so where the answer's status is documented, but not with its content type. */
export const undocumentedType = (method: string, path: string, answer: SeenAnswer): string | undefined => {
  const forms = documentedForms(method, path, answer.status)
  const fits = forms.length === 0 || forms.some(({ type }) => type === null || type === typeOf(answer))
  return fits ? undefined : `${method} ${path} answered ${answer.status} as ${answer.contentType}`
}

/** Says so where status and content type are documented, but not with this body. */
export const undocumentedBody = (method: string, path: string, answer: SeenAnswer): string | undefined => {
  const { status, body } = answer
  const forms = documentedForms(method, path, status).filter(({ type }) => type === null || type === typeOf(answer))
  const issues = forms.map((form) => form.body.safeParse(body).error?.issues)
  return issues.includes(undefined) || forms.length === 0
    ? undefined
    : `${method} ${path} answered ${status}: ${JSON.stringify(issues)}`
}

/** The contract violations of a response, as sentences; empty if there are none. */
export const violations = (method: string, path: string, answer: SeenAnswer): string[] =>
  answer.status >= 500
    ? [`${method} ${path} answered ${answer.status}: the service failed`]
    : [undocumentedStatus, undocumentedType, undocumentedBody].flatMap((check) => check(method, path, answer) ?? [])
