import type {
  AuditPage,
  DeadLettersAnswer,
  MailReport,
  Reconciliation,
  Redriven,
  Resending,
  UnmailedPage,
} from '../../contracts/answers.ts'
import { type OperationName, operations } from '../../contracts/http.ts'
import type { ImportKind } from '../../contracts/messages.ts'
import type { ImportAnswer, ReadinessAnswer, ReleaseAnswer } from '../../contracts/operations-answers.ts'
import type { FieldProblem } from '../../contracts/problems.ts'
import { type Signer, signedFetch } from './signed-fetch.ts'

/** Client of the operators' API. Every method can throw OperationRefused or ServiceUnreachable. */
export interface OperationsApi {
  /** Creates an import; the file must be sent to `uploadUrl` by PUT. */
  startImport(file: { kind: ImportKind; fileName: string; stage: string }): Promise<StartedImport>
  /** Streams the file to the URL from `startImport`. */
  upload(uploadUrl: string, content: Blob): Promise<void>
  showImport(importId: string): Promise<ImportAnswer>
  /** Downloads the rejected rows as a CSV file from the URL of `showImport`. */
  downloadErrors(errorsUrl: string): Promise<string>
  /** A release requires an instant. A correction requires `notify`; without an instant it takes effect on approval. */
  planRelease(plan: { session: string; releaseAt?: string; notify?: boolean }): Promise<ReleaseAnswer>
  /** The manifest that the approver reviewed: the approval is void if it has changed since (R63). */
  approveRelease(session: string, manifest: string): Promise<ReleaseAnswer>
  showRelease(session: string): Promise<ReleaseAnswer>
  checkReadiness(session: string): Promise<ReadinessAnswer>
  holdRelease(session: string): Promise<ReleaseAnswer>
  resumeRelease(session: string): Promise<ReleaseAnswer>
  cancelRelease(session: string): Promise<ReleaseAnswer>
  /** A page of what the audit trail has about a subject; `after` is what the page before called `next`. */
  listAuditEntries(subject: string, after?: string): Promise<AuditPage>
  listDeadLetters(): Promise<DeadLettersAnswer>
  /** Redrives one queue, or all queues with messages. */
  redriveDeadLetters(queue?: string): Promise<Redriven>
  /** For the release or, by its id, one of its corrections; the same for the next four methods. */
  reportMails(session: string, correction?: string): Promise<MailReport>
  /** One page; `after` is `next` of the previous page. */
  listUnmailed(session: string, after?: string, correction?: string): Promise<UnmailedPage>
  /** One step of a few seconds; `after` is `next` of the previous step. */
  reconcileMails(session: string, after?: string, correction?: string): Promise<Reconciliation>
  /** The same. */
  resendUnknown(session: string, after?: string, correction?: string): Promise<Resending>
  resumeMails(session: string, correction?: string): Promise<{ readonly session: string }>
}

export interface StartedImport {
  readonly importId: string
  readonly uploadUrl: string
}

/** The service refused the request. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused'
  readonly status: number
  /** A problem code, or a substitute if the response did not come from the service itself. */
  readonly code: string
  readonly fields: readonly FieldProblem[]
  readonly requestId: string | undefined

  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    const { code, title, detail, message, fields, requestId } = problem
    super([detail, title, message].find((text) => typeof text === 'string') ?? `The service answered ${status}.`)
    this.status = status
    this.code = typeof code === 'string' ? code : (codesOfOthers[status] ?? 'unexpected')
    this.fields = Array.isArray(fields) ? fields : []
    this.requestId = typeof requestId === 'string' ? requestId : undefined
  }
}

const brokenOff: ReadonlySet<string> = new Set([
  ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
])

/** The service did not respond, or the connection broke. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable'
  /** True if the connection was refused: nothing listens at the address. */
  readonly refused: boolean
  /** True if the request had been sent, so that its outcome is unknown. */
  readonly brokeOff: boolean

  constructor(url: string, cause: unknown) {
    const { code = '', message = '' } = (cause as { cause?: { code?: string; message?: string } }).cause ?? {}
    const [firstLine = ''] = message.split('\n')
    super(`${url} cannot be reached${firstLine ? `: ${firstLine}` : ''}`, { cause })
    this.refused = code === 'ECONNREFUSED'
    this.brokeOff = brokenOff.has(code)
  }
}

/** Responses of API Gateway itself: access denied or throttled. */
const codesOfOthers: Readonly<Record<number, string>> = { 403: 'forbidden', 404: 'not-found', 429: 'try-again' }

/** A client for the origin (`https://…` or `http://localhost:PORT`, without a path), with requests by the signer. */
export const operationsApi = (fetch: typeof globalThis.fetch, origin: string, signer: Signer): OperationsApi => {
  const send = signedFetch(fetch, signer)

  const call = async <Answer>(
    name: OperationName,
    parameters: Record<string, string>,
    body?: unknown,
    query: Record<string, string> = {},
  ) => {
    const { method, path } = operations[name]
    const url = new URL(
      path.replace(/\{(\w+)\}/g, (_, key) => encodeURIComponent(parameters[key] ?? '')),
      origin,
    )
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
    const response = await reach(origin, () => send({ method, url, body }))
    const answer = await reach(origin, () => response.text())
    if (!response.ok) throw new OperationRefused(response.status, problemOf(answer))
    return JSON.parse(answer) as Answer
  }

  return {
    startImport: (file) => call('startImport', {}, file),
    showImport: (importId) => call('showImport', { importId }),
    planRelease: (plan) => call('planRelease', {}, plan),
    approveRelease: (session, manifest) => call('approveRelease', { session }, { manifest }),
    showRelease: (session) => call('showRelease', { session }),
    checkReadiness: (session) => call('checkReadiness', { session }),
    holdRelease: (session) => call('holdRelease', { session }),
    resumeRelease: (session) => call('resumeRelease', { session }),
    cancelRelease: (session) => call('cancelRelease', { session }),
    listAuditEntries: (subject, after) => call('listAuditEntries', {}, undefined, given({ subject, after })),
    listDeadLetters: () => call('listDeadLetters', {}),
    redriveDeadLetters: (queue) => call('redriveDeadLetters', {}, queue === undefined ? {} : { queue }),
    reportMails: (session, correction) => call('reportMails', { session }, undefined, given({ correction })),
    listUnmailed: (session, after, correction) =>
      call('listUnmailed', { session }, undefined, given({ after, correction })),
    reconcileMails: (session, after, correction) =>
      call('reconcileMails', { session }, undefined, given({ after, correction })),
    resendUnknown: (session, after, correction) =>
      call('resendUnknown', { session }, undefined, given({ after, correction })),
    resumeMails: (session, correction) => call('resumeMails', { session }, undefined, given({ correction })),
    async upload(uploadUrl, content) {
      const { origin: bucket } = new URL(uploadUrl)
      const response = await reach(bucket, () => fetch(uploadUrl, { method: 'PUT', body: content }))
      if (!response.ok) throw refusedBy(response, await response.text(), 'upload-refused', 'the file')
    },
    async downloadErrors(errorsUrl) {
      const { origin: bucket } = new URL(errorsUrl)
      const response = await reach(bucket, () => fetch(errorsUrl))
      const answer = await reach(bucket, () => response.text())
      if (!response.ok) throw refusedBy(response, answer, 'download-refused', 'to give the list of bad rows')
      return answer
    },
  }
}

const refusedBy = ({ status }: Response, answer: string, code: string, what: string) => {
  const [, reason] = /<Code>(\w+)<\/Code>/.exec(answer) ?? []
  return new OperationRefused(status, { code, title: `The bucket refused ${what} (${reason ?? status}).` })
}

const reach = async <Result>(url: string, attempt: () => Promise<Result>): Promise<Result> => {
  try {
    return await attempt()
  } catch (error) {
    // fetch reports network failures as TypeError; errors of the credentials provider have another type.
    throw (error as Error).name === 'TypeError' ? new ServiceUnreachable(url, error) : error
  }
}

const problemOf = (text: string): Record<string, unknown> => {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** The query string of the parameters that are defined. */
const given = (query: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
