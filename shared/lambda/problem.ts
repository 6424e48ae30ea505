import { type FieldProblem, type ProblemCode, problemHead } from '../contracts/problems.ts'
import { type EpochMilliseconds, second, toIso } from '../domain/time.ts'
import type { HttpResult } from './http-event.ts'

/** A refusal as an edge returns it; `httpHandler` makes the problem details (RFC 9457) and `Retry-After` of it. */
export interface Problem extends ProblemDetails {
  readonly problem: ProblemCode
}

export interface ProblemDetails {
  readonly detail?: string
  readonly fields?: readonly FieldProblem[]
  /** Also says when to try again. */
  readonly lockedUntil?: EpochMilliseconds
  readonly retryAfterSeconds?: number
  readonly headers?: Readonly<Record<string, string>>
}

export const problem = (code: ProblemCode, details: ProblemDetails = {}): Problem => ({ problem: code, ...details })

/** Thrown by a step of the chain to end the request with a problem. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly answer: Problem
  constructor(answer: Problem) {
    super(answer.problem)
    this.answer = answer
  }
}

/** The body's form is fixed in the contracts (*Problems*); it carries names and codes, never a value that was sent. */
export const problemResult = (
  { problem: code, detail, fields, lockedUntil, retryAfterSeconds, headers }: Problem,
  { requestId, now }: { requestId: string; now: EpochMilliseconds },
): HttpResult => {
  const head = problemHead(code)
  const retryAfter = lockedUntil === undefined ? retryAfterSeconds : Math.ceil((lockedUntil - now) / second)
  const result: HttpResult = {
    statusCode: head.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': String(Math.max(retryAfter, 0)) }),
      ...headers,
    },
    body: JSON.stringify({
      ...head,
      requestId,
      ...(detail !== undefined && { detail }),
      ...(fields && { fields }),
      ...(lockedUntil !== undefined && { lockedUntil: toIso(lockedUntil) }),
    }),
  }
  codes.set(result, code)
  return result
}

const codes = new WeakMap<HttpResult, ProblemCode>()

/** As what the request was refused, if it was: for the log, by which refusals are counted and looked up. */
export const codeOf = (result: HttpResult): ProblemCode | undefined => codes.get(result)
