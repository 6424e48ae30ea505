import httpHeaderNormalizer from '@middy/http-header-normalizer'
import httpSecurityHeaders from '@middy/http-security-headers'
import middy, { type MiddlewareObj } from 'middy'
import type * as z from 'zod/mini'
import { systemClock } from '../adapters/node/clock.ts'
import type { FileType } from '../contracts/answers.ts'
import { type Access, type Operation, sessionCookie } from '../contracts/http.ts'
import { answeredLine } from '../contracts/metrics.ts'
import type { Clock } from '../ports/clock.ts'
import type { Refusals } from '../ports/refusals.ts'
import { describeFault, type FaultFields } from './faults.ts'
import { type HttpEvent, type HttpFunction, type HttpResult, readCookie } from './http-event.ts'
import { createLog, type Log } from './logger.ts'
import { personOf } from './operator.ts'
import { carriesOriginSecret, isSameOrigin } from './origin.ts'
import { codeOf, type Problem, problem, problemResult, Refused } from './problem.ts'
import { checkSize, readBody } from './read-body.ts'
import { isOfPerson, refusalOf } from './refusals.ts'

/** A request as an edge sees it: checked, parsed, and its caller known. */
export interface Call<Body, Caller> {
  readonly body: Body
  /** By the names in the operation's path. */
  readonly pathParameters: Readonly<Record<string, string | undefined>>
  readonly query: Readonly<Record<string, string | undefined>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The session cookie's value, unchecked. */
  readonly sessionToken: string | undefined
  /** A signed-in candidate, an operator's name, or undefined on public routes. */
  readonly caller: Caller
  readonly requestId: string
}

/** What an edge returns: a success with its JSON body, a file, or `problem(code, details)`. */
export type Answer = Success | FileAnswer | Problem

interface Success {
  readonly status: 200 | 201 | 202 | 204
  readonly body?: object
  readonly cookies?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Something to be kept, under a name of letters, digits, dots and hyphens. */
interface FileAnswer {
  readonly status: 200
  readonly file: { readonly name: string; readonly contentType: FileType; readonly bytes: Uint8Array }
}

/** What the chain needs to let a request through, by who may call. */
export interface ChainOptions<Candidate = undefined> {
  /** Candidates' and public routes: refuse what did not come through CloudFront. */
  readonly originSecret?: string
  /** State-changing routes that a browser calls: the pages' own origin. */
  readonly siteUrl?: string
  /** Candidates' routes: who holds this session, or undefined if it is not (or no longer) one. */
  readonly authenticate?: (sessionToken: string | undefined) => Promise<Candidate | undefined>
  /** Operators' routes: where it is written down who was refused what they may not do. */
  readonly refusals?: Refusals
  readonly clock?: Pick<Clock, 'now'>
  readonly log?: Log
}

/** `public` has nobody, `operator` the person's name, `candidate` whatever `authenticate` answers. */
export type CallerOf<By extends Access, Candidate> = By extends 'operator'
  ? string
  : By extends 'candidate'
    ? Candidate
    : undefined

type BodyFor<Op extends Operation> = Op extends { body: infer Body extends z.ZodMiniType } ? z.infer<Body> : undefined

/**
 * Makes the Lambda handler of one operation of the contract. Requests reach the edge only after every check; faults
 * are caught here, once, logged, and answered as `unexpected` with the request's id and nothing else.
 */
export const httpHandler = <const Op extends Operation, Candidate = undefined>(
  operation: Op,
  options: ChainOptions<Candidate>,
  edge: (call: Call<BodyFor<Op>, CallerOf<Op['access'], Candidate>>) => Promise<Answer> | Answer,
): HttpFunction =>
  chain(operation.function, options, async (event) => {
    const answer = await answered(operation, options, edge, event).catch(answerOfRefusal)
    if ('problem' in answer && options.refusals && isOfPerson(answer.problem))
      await writeDown(operation, answer.problem, event, { ...options, refusals: options.refusals })
    return answer
  })

const answered = async <const Op extends Operation, Candidate>(
  operation: Op,
  options: ChainOptions<Candidate>,
  edge: (call: Call<BodyFor<Op>, CallerOf<Op['access'], Candidate>>) => Promise<Answer> | Answer,
  event: HttpEvent,
): Promise<Answer> => {
  if (options.originSecret !== undefined && !carriesOriginSecret(event, options.originSecret)) refuse('forbidden')
  const changesState = operation.method !== 'GET'
  if (changesState && options.siteUrl !== undefined && !isSameOrigin(event, options.siteUrl)) refuse('forbidden')
  if (operation.body) checkSize(event)
  const caller = await callerOf(operation.access, event, options)
  return edge({
    body: (operation.body && readBody(event, operation.body)) as BodyFor<Op>,
    pathParameters: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    sessionToken: readCookie(event, sessionCookie),
    caller: caller as CallerOf<Op['access'], Candidate>,
    requestId: event.requestContext.requestId,
  })
}

const answerOfRefusal = (error: unknown): Problem => {
  if (error instanceof Refused) return error.answer
  throw error
}

/** Whoever is refused gets their answer, whether it can be written down or not. */
const writeDown = async (
  operation: Operation,
  code: Problem['problem'],
  event: HttpEvent,
  { refusals, clock = systemClock, log = createLog() }: Pick<ChainOptions, 'clock' | 'log'> & { refusals: Refusals },
): Promise<void> => {
  try {
    await refusals.note(refusalOf(operation, code, event, clock.now()))
  } catch (error) {
    const { requestId } = event.requestContext
    log.error('refusal not written down', { operation: operation.function, requestId, code, ...describeFault(error) })
  }
}

const refuse = (code: Problem['problem']): never => {
  throw new Refused(problem(code))
}

const callerOf = async <Candidate>(
  access: Access,
  event: HttpEvent,
  { authenticate }: ChainOptions<Candidate>,
): Promise<string | Candidate | undefined> => {
  if (access === 'public') return undefined
  if (access === 'operator') return personOf(event) ?? refuse('forbidden')
  return (await authenticate?.(readCookie(event, sessionCookie))) ?? refuse('not-signed-in')
}

/** The part that every answer goes through, also for paths that no operation has. */
export const chain = (
  name: string,
  { clock = systemClock, log = createLog() }: Pick<ChainOptions, 'clock' | 'log'>,
  answer: (event: HttpEvent) => Promise<Answer> | Answer,
): HttpFunction =>
  middy()
    .use(securityHeaders)
    .use(closing(name, clock, log))
    .use(httpHeaderNormalizer())
    .handler(async (event: HttpEvent) => toResult(await answer(event), event, clock)) as unknown as HttpFunction

/** These answers are data for a script, never a page: nothing of a page's headers but what stops it from becoming one. */
const securityHeaders = httpSecurityHeaders({
  contentSecurityPolicy: false,
  crossOriginEmbedderPolicy: false,
  crossOriginOpenerPolicy: false,
  dnsPrefetchControl: false,
  downloadOptions: false,
  frameOptions: false,
  originAgentCluster: false,
  permissionsPolicy: false,
  permittedCrossDomainPolicies: false,
  reportingEndpoints: false,
  reportTo: false,
  strictTransportSecurity: { maxAge: 365 * 24 * 60 * 60, includeSubDomains: true, preload: false },
})

const toResult = (answer: Answer, event: HttpEvent, clock: Pick<Clock, 'now'>): HttpResult => {
  if ('problem' in answer) {
    return problemResult(answer, { requestId: event.requestContext.requestId, now: clock.now() })
  }
  if ('file' in answer) return fileResult(answer)
  const { status, body, cookies, headers } = answer
  return {
    statusCode: status,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(cookies && { cookies }),
    ...(body && { body: JSON.stringify(body) }),
  }
}

/** API Gateway sends the bytes, not their Base64. */
const fileResult = ({ status, file: { name, contentType, bytes } }: FileAnswer): HttpResult => ({
  statusCode: status,
  headers: { 'content-type': contentType, 'content-disposition': `attachment; filename="${name}"` },
  body: Buffer.from(bytes).toString('base64'),
  isBase64Encoded: true,
})

/** Turns what was thrown into an answer, tells the log, and forbids every cache and every embedding. */
const closing = (name: string, clock: Pick<Clock, 'now'>, log: Log): MiddlewareObj<HttpEvent, HttpResult> => {
  const close = (event: HttpEvent, result: HttpResult, fault?: FaultFields) => {
    Object.assign(result.headers, {
      'cache-control': 'private, no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
    const { requestId } = event.requestContext
    const code = codeOf(result)
    log[fault ? 'error' : 'info'](answeredLine, {
      ...{ operation: name, requestId, status: result.statusCode },
      ...(code && { code }),
      ...fault,
    })
    return result
  }
  return {
    after: ({ event, response }) => {
      if (response) close(event, response)
    },
    onError: (request) => {
      const { event, error } = request
      const refused = error instanceof Refused ? error.answer : undefined
      const result = toResult(refused ?? problem('unexpected'), event, clock)
      request.response = close(event, result, refused ? undefined : describeFault(error))
    },
  }
}
