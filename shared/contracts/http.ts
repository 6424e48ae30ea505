import * as z from 'zod/mini'
import type { FunctionName } from './environments.ts'
import { importKinds } from './messages.ts'

/** Who may call an operation: everybody, a signed-in candidate, or an operator whose request API Gateway has checked (IAM). */
export type Access = 'public' | 'candidate' | 'operator'

/** One HTTP operation: the stack makes route and throttle from it, the handler its parser. */
export interface Operation<Body extends z.ZodMiniType = z.ZodMiniType> {
  /** One line for the API page. */
  readonly summary: string
  readonly function: FunctionName
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** As deployed, with `{parameters}`. */
  readonly path: `/api/v1/${string}`
  readonly access: Access
  /** Absent where the operation takes no body. Fields are checked for presence and type; rules about values are the use case's. */
  readonly body?: Body
  /** Names of the query parameters it reads; others are passed over. All may be omitted. */
  readonly query?: readonly string[]
  /** Requests a second and burst that API Gateway lets through to this route. */
  readonly throttle: { readonly rate: number; readonly burst: number }
}

const text = z.string()
const mayBe = <Schema extends z.ZodMiniType>(schema: Schema) => z.exactOptional(schema)

export const operations = {
  register: {
    summary: 'Register an ID number with its Secret number (R01).',
    function: 'identity/register',
    method: 'POST',
    path: '/api/v1/registrations',
    access: 'public',
    body: z.strictObject({
      idNumber: text,
      secretNumber: text,
      email: text,
      password: text,
      passwordConfirmation: text,
      country: text,
      firstLanguage: text,
      termsAccepted: z.boolean(),
      emailOptIn: z.boolean(),
      language: text,
    }),
    throttle: { rate: 200, burst: 400 },
  },
  logIn: {
    summary: 'Log in with ID number and password (R20).',
    function: 'identity/log-in',
    method: 'POST',
    path: '/api/v1/sessions',
    access: 'public',
    body: z.strictObject({ idNumber: text, password: text }),
    throttle: { rate: 1000, burst: 2000 },
  },
  logOut: {
    summary: 'End the session; with or without one.',
    function: 'identity/log-out',
    method: 'DELETE',
    path: '/api/v1/sessions/current',
    access: 'public',
    throttle: { rate: 500, burst: 1000 },
  },
  showAccount: {
    summary: "The signed-in candidate's own details (R54).",
    function: 'identity/show-account',
    method: 'GET',
    path: '/api/v1/me',
    access: 'candidate',
    throttle: { rate: 2000, burst: 4000 },
  },
  changeAccount: {
    summary: 'Change what was chosen at registration (R09, R54, R58).',
    function: 'identity/change-account',
    method: 'PATCH',
    path: '/api/v1/me',
    access: 'candidate',
    body: z.strictObject({
      country: mayBe(text),
      firstLanguage: mayBe(text),
      emailOptIn: mayBe(z.boolean()),
      language: mayBe(text),
    }),
    throttle: { rate: 200, burst: 400 },
  },
  changePassword: {
    summary: 'Set a new password, knowing the current one (R55).',
    function: 'identity/change-password',
    method: 'POST',
    path: '/api/v1/me/password',
    access: 'candidate',
    body: z.strictObject({ currentPassword: text, password: text, passwordConfirmation: text }),
    throttle: { rate: 100, burst: 200 },
  },
  changeEmail: {
    summary: 'Ask for another email address, knowing the password; it must be confirmed (R55).',
    function: 'identity/change-email',
    method: 'POST',
    path: '/api/v1/me/email',
    access: 'candidate',
    body: z.strictObject({ currentPassword: text, email: text }),
    throttle: { rate: 100, burst: 200 },
  },
  confirmEmail: {
    summary: 'Confirm an email address with the link that it was sent (R55).',
    function: 'identity/confirm-email',
    method: 'POST',
    path: '/api/v1/email-confirmations',
    access: 'public',
    body: z.strictObject({ token: text }),
    throttle: { rate: 100, burst: 200 },
  },
  requestPasswordReset: {
    summary: 'Ask for a link to a new password; one answer for every ID number (R30).',
    function: 'identity/request-password-reset',
    method: 'POST',
    path: '/api/v1/password-resets',
    access: 'public',
    body: z.strictObject({ idNumber: text }),
    throttle: { rate: 200, burst: 400 },
  },
  confirmPasswordReset: {
    summary: 'Set a new password with the link from the email (R31).',
    function: 'identity/confirm-password-reset',
    method: 'POST',
    path: '/api/v1/password-resets/confirm',
    access: 'public',
    body: z.strictObject({ token: text, password: text, passwordConfirmation: text }),
    throttle: { rate: 200, burst: 400 },
  },
  exportAccount: {
    summary: 'Everything held about the signed-in candidate, as a file.',
    function: 'identity/export-account',
    method: 'GET',
    path: '/api/v1/me/export',
    access: 'candidate',
    throttle: { rate: 50, burst: 100 },
  },
  listResults: {
    summary: "The signed-in candidate's results, each visible from its release on (R50).",
    function: 'results/list-results',
    method: 'GET',
    path: '/api/v1/me/results',
    access: 'candidate',
    throttle: { rate: 2000, burst: 4000 },
  },
  showStatement: {
    summary: "The candidate's statement of results, from its release on (R50).",
    function: 'results/show-statement',
    method: 'GET',
    path: '/api/v1/me/results/{session}/statement.pdf',
    access: 'candidate',
    throttle: { rate: 500, burst: 1000 },
  },
  listExams: {
    summary: 'The catalogue of exams (R56).',
    function: 'reference/list-exams',
    method: 'GET',
    path: '/api/v1/exams',
    access: 'public',
    query: ['lang'],
    throttle: { rate: 500, burst: 1000 },
  },
  listCountries: {
    summary: 'Where candidates may be from, by name (R07).',
    function: 'reference/list-countries',
    method: 'GET',
    path: '/api/v1/reference/countries',
    access: 'public',
    query: ['lang'],
    throttle: { rate: 500, burst: 1000 },
  },
  listLanguages: {
    summary: 'First languages that candidates may have, by name (R07).',
    function: 'reference/list-languages',
    method: 'GET',
    path: '/api/v1/reference/languages',
    access: 'public',
    query: ['lang'],
    throttle: { rate: 500, burst: 1000 },
  },
  health: {
    summary: 'Whether the service answers.',
    function: 'reference/health',
    method: 'GET',
    path: '/api/v1/health',
    access: 'public',
    throttle: { rate: 50, burst: 100 },
  },
  startImport: {
    summary: 'Announce a file to import and get the address to put it to (R62).',
    function: 'imports/start-import',
    method: 'POST',
    path: '/api/v1/ops/imports',
    access: 'operator',
    body: z.strictObject({ kind: z.enum(importKinds), fileName: text, stage: text }),
    throttle: { rate: 5, burst: 10 },
  },
  showImport: {
    summary: 'How far an import is, and every bad row (R62).',
    function: 'imports/show-import',
    method: 'GET',
    path: '/api/v1/ops/imports/{importId}',
    access: 'operator',
    throttle: { rate: 20, burst: 40 },
  },
  planRelease: {
    summary: 'Plan the release of a session, or a correction of what was released (R63).',
    function: 'release/plan-release',
    method: 'POST',
    path: '/api/v1/ops/releases',
    access: 'operator',
    body: z.strictObject({ session: text, releaseAt: mayBe(text), notify: mayBe(z.boolean()) }),
    throttle: { rate: 5, burst: 10 },
  },
  approveRelease: {
    summary: 'Approve a planned release or correction, as another person (R63).',
    function: 'release/approve-release',
    method: 'POST',
    path: '/api/v1/ops/releases/{session}/approval',
    access: 'operator',
    body: z.strictObject({ manifest: text }),
    throttle: { rate: 5, burst: 10 },
  },
  showRelease: {
    summary: 'State and counts of a release (R63).',
    function: 'release/show-release',
    method: 'GET',
    path: '/api/v1/ops/releases/{session}',
    access: 'operator',
    throttle: { rate: 20, burst: 40 },
  },
  checkReadiness: {
    summary: 'Whatever would fail on the day of a release, and what to do about it (R63).',
    function: 'release/check-readiness',
    method: 'GET',
    path: '/api/v1/ops/releases/{session}/readiness',
    access: 'operator',
    throttle: { rate: 5, burst: 10 },
  },
  holdRelease: {
    summary: 'Hold a release: close its gate and stop its mails, before or after its instant (R63).',
    function: 'release/hold-release',
    method: 'POST',
    path: '/api/v1/ops/releases/{session}/hold',
    access: 'operator',
    throttle: { rate: 5, burst: 10 },
  },
  resumeRelease: {
    summary: 'Let a held release go on as it was agreed to (R63).',
    function: 'release/resume-release',
    method: 'POST',
    path: '/api/v1/ops/releases/{session}/resumption',
    access: 'operator',
    throttle: { rate: 5, burst: 10 },
  },
  cancelRelease: {
    summary: 'End a release, or a correction, that has not happened (R63).',
    function: 'release/cancel-release',
    method: 'POST',
    path: '/api/v1/ops/releases/{session}/cancellation',
    access: 'operator',
    throttle: { rate: 5, burst: 10 },
  },
  unsubscribe: {
    summary: 'End the mails about results, by the link in their header (R09, RFC 8058).',
    function: 'mail/unsubscribe',
    method: 'POST',
    path: '/api/v1/unsubscribe',
    access: 'public',
    query: ['token'],
    throttle: { rate: 200, burst: 400 },
  },
  listAuditEntries: {
    summary: 'Who did what to a release, an import or a queue, and who was refused (G8).',
    function: 'audit/list-audit-entries',
    method: 'GET',
    path: '/api/v1/ops/audit',
    access: 'operator',
    query: ['subject', 'after'],
    throttle: { rate: 5, burst: 10 },
  },
  listDeadLetters: {
    summary: 'How many messages were given up, queue by queue, and what each is.',
    function: 'queues/list-dead-letters',
    method: 'GET',
    path: '/api/v1/ops/dead-letters',
    access: 'operator',
    throttle: { rate: 5, burst: 10 },
  },
  redriveDeadLetters: {
    summary: 'Give messages back to the queues that gave them up.',
    function: 'queues/redrive-dead-letters',
    method: 'POST',
    path: '/api/v1/ops/dead-letters/redrive',
    access: 'operator',
    body: z.strictObject({ queue: mayBe(text) }),
    throttle: { rate: 5, burst: 10 },
  },
  reportMails: {
    summary: 'What became of the mails of a release, counted.',
    function: 'mail/report-result-emails',
    method: 'GET',
    path: '/api/v1/ops/releases/{session}/report',
    access: 'operator',
    query: ['correction'],
    throttle: { rate: 5, burst: 10 },
  },
  listUnmailed: {
    summary: 'Everybody whose mail of a release was not accepted, by ID number and reason.',
    function: 'mail/list-unmailed',
    method: 'GET',
    path: '/api/v1/ops/releases/{session}/unmailed',
    access: 'operator',
    query: ['after', 'correction'],
    throttle: { rate: 5, burst: 10 },
  },
  reconcileMails: {
    summary: 'Settle what can be settled of a release’s mails, and say what is unknown.',
    function: 'mail/reconcile-result-emails',
    method: 'POST',
    path: '/api/v1/ops/releases/{session}/reconciliation',
    access: 'operator',
    query: ['after', 'correction'],
    throttle: { rate: 5, burst: 10 },
  },
  resendUnknown: {
    summary: 'Send again, once, what has been unknown for a day.',
    function: 'mail/resend-unknown-emails',
    method: 'POST',
    path: '/api/v1/ops/releases/{session}/unknown-mails',
    access: 'operator',
    query: ['after', 'correction'],
    throttle: { rate: 5, burst: 10 },
  },
  resumeMails: {
    summary: 'Let mails of a release go on that were stopped since too many bounced.',
    function: 'mail/resume-result-emails',
    method: 'POST',
    path: '/api/v1/ops/releases/{session}/mail-resumption',
    access: 'operator',
    query: ['correction'],
    throttle: { rate: 5, burst: 10 },
  },
} as const satisfies Record<string, Operation>

export type OperationName = keyof typeof operations
export type BodyOf<Name extends OperationName> = (typeof operations)[Name] extends {
  body: infer Body extends z.ZodMiniType
}
  ? z.infer<Body>
  : undefined

/** Bodies over this many bytes answer 413. */
export const maximumBodyBytes = 16 * 1024

/** The candidate's session cookie; no Expires, so that it ends with the browser at the latest. */
export const sessionCookie = '__Host-session'

/** CloudFront adds this header to what it passes on; candidates' routes refuse requests without it. */
export const originSecretHeader = 'x-origin-secret'
