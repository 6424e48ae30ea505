import {
  answers,
  documentedProblems,
  gatewayAnswer,
  mayComeFromGateway,
  problemDetails,
} from '../../shared/contracts/answers.ts'
import { type OperationName, operations } from '../../shared/contracts/http.ts'
import { problems } from '../../shared/contracts/problems.ts'

/** An answer as it came over HTTP. */
export interface SeenAnswer {
  readonly status: number
  readonly contentType: string | null
  /** Parsed JSON; undefined where there was no body. */
  readonly body: unknown
}

/** The operation that serves a method and path, if any does. */
export const operationAt = (method: string, path: string): OperationName | undefined =>
  (Object.keys(operations) as OperationName[]).find((name) => {
    const operation = operations[name]
    const pattern = operation.path.replaceAll(/\{\w+\}/g, '[^/]+')
    return operation.method === method && new RegExp(`^${pattern}$`).test(path.split('?')[0] as string)
  })

/** What is wrong with an answer, in one sentence each; empty where it keeps the contract. */
export const violations = (method: string, path: string, { status, contentType, body }: SeenAnswer): string[] => {
  const name = operationAt(method, path)
  const about = `${method} ${path} answered ${status}`
  if (status >= 500) return [`${about}: the service failed`]
  const success = name && answers[name].success[status]
  if (success === null) return body === undefined ? [] : [`${about} with a body, where none is documented`]
  if (success) {
    if (!contentType?.startsWith('application/json')) return [`${about} as ${contentType}`]
    const parsed = success.safeParse(body)
    return parsed.success ? [] : [`${about}: ${JSON.stringify(parsed.error?.issues)}`]
  }
  if (status < 400) return [`${about}, which is not documented`]
  if (name && mayComeFromGateway(name, status) && gatewayAnswer.safeParse(body).success) {
    return contentType?.startsWith('application/json') ? [] : [`${about} as ${contentType}`]
  }
  if (!contentType?.startsWith('application/problem+json')) return [`${about} as ${contentType}`]
  const parsed = problemDetails.safeParse(body)
  if (!parsed.success) return [`${about}: ${JSON.stringify(parsed.error?.issues)}`]
  const { code } = parsed.data
  if (problems[code][0] !== status || parsed.data.status !== status) return [`${about} under the code ${code}`]
  const allowed = name ? documentedProblems(name).has(code) : ['not-found', 'method-not-allowed'].includes(code)
  return allowed ? [] : [`${about} with ${code}, which is not documented`]
}
