import * as z from 'zod/mini'
import { type Access, type Operation, type OperationName, operations } from './http.ts'
import { fieldCodes, type ProblemCode, problems } from './problems.ts'

/** Content types of answers that are files. */
export type FileType = 'application/pdf'

/** Every answer of one operation: successes by status (null: no body), and the codes of the problems that are its own. */
export interface Answers {
  readonly success: Readonly<Record<number, z.ZodMiniType | null>>
  /** What its 200 is, where that is a file. */
  readonly file?: FileType
  readonly problems: readonly ProblemCode[]
}

const instant = z.iso.datetime({ precision: 3 })
const date = z.iso.date()
const mode = z.enum(['paper', 'digital'])
const language = z.enum(['en', 'es', 'it', 'fr', 'de'])
const exactOptional = <Schema extends z.ZodMiniType>(schema: Schema) => z.exactOptional(schema)
const nothing = z.strictObject({})

const account = z.strictObject({
  idNumber: z.string(),
  givenName: z.string(),
  familyName: z.string(),
  email: z.string(),
  emailBounced: z.boolean(),
  pendingEmail: exactOptional(z.string()),
  country: z.string(),
  firstLanguage: z.string(),
  emailOptIn: z.boolean(),
  language,
  entries: z.array(
    z.strictObject({ session: z.string(), exam: z.string(), dateTaken: date, mode, centre: z.string() }),
  ),
})

const result = z.strictObject({
  session: z.string(),
  exam: z.string(),
  dateTaken: date,
  mode,
  status: z.enum(['awaited', 'expected', 'late', 'released', 'held', 'corrected', 'withdrawn']),
  expectedFrom: date,
  expectedTo: date,
  releasedAt: exactOptional(instant),
  correctedAt: exactOptional(instant),
  grade: exactOptional(z.string()),
  overallScore: exactOptional(z.number()),
  cefrLevel: exactOptional(z.string()),
  skills: exactOptional(z.array(z.strictObject({ name: z.string(), score: z.number() }))),
  version: exactOptional(z.int()),
})

const exam = z.strictObject({
  code: z.string(),
  name: z.string(),
  formerName: exactOptional(z.string()),
  level: exactOptional(z.string()),
  modes: z.array(mode),
  takenFrom: exactOptional(date),
})

/** What is held and in no export: the Secret number and hashes of secrets, and what cannot be found by who somebody is. */
export const notInExports = [
  'secret-number',
  'password-and-tokens',
  'sign-in-attempts',
  'other-sessions',
  'mail-log',
] as const

const exported = z.strictObject({
  exportedAt: instant,
  account: z.extend(account, {
    emailComplained: z.boolean(),
    /** The address before the last change, until the mail that tells it of the change has been sent. */
    formerEmail: exactOptional(z.string()),
    termsVersion: z.string(),
    registeredAt: instant,
  }),
  session: exactOptional(z.strictObject({ begunAt: instant, endsAt: instant })),
  results: z.array(result),
  notIncluded: z.array(z.enum(notInExports)),
})

const options = z.strictObject({ options: z.array(z.strictObject({ code: z.string(), name: z.string() })) })

const importState = z.strictObject({
  importId: z.string(),
  state: z.enum(['waiting', 'applying', 'applied', 'refused']),
  rows: z.int(),
  accepted: z.int(),
  errors: z.array(z.strictObject({ line: z.int(), column: z.string(), reason: z.string() })),
  errorCount: exactOptional(z.int()),
  /** Gives every bad row as a CSV file, for 15 minutes. */
  errorsUrl: exactOptional(z.string()),
  progress: exactOptional(
    z.strictObject({ phase: z.enum(['comparing', 'applying']), rows: z.int(), share: z.number() }),
  ),
  changes: exactOptional(z.strictObject({ added: z.int(), corrected: z.int(), unchanged: z.int() })),
  totals: exactOptional(
    z.strictObject({
      rows: z.int(),
      sha256: z.string(),
      sessions: z.catchall(z.object({}), z.int()),
      exams: z.catchall(z.object({}), z.int()),
    }),
  ),
})

const correction = z.strictObject({
  correctionId: z.string(),
  state: z.enum(['planned', 'approved', 'released', 'cancelled']),
  correctAt: instant,
  correctedAt: exactOptional(instant),
  notify: z.boolean(),
  plannedBy: z.string(),
  approvedBy: exactOptional(z.string()),
  manifest: z.string(),
  counts: z.strictObject({ results: z.int(), changes: z.int(), recipients: z.int(), sealed: z.int() }),
})

const preview = z.strictObject({
  recipientsByLanguage: z.array(z.strictObject({ language: z.string(), recipients: z.int() })),
  outliers: z.array(z.string()),
  comparedWith: z.strictObject({ sessions: z.int(), results: z.int() }),
  localTimes: z.array(
    z.strictObject({
      country: exactOptional(z.string()),
      zone: z.string(),
      local: z.string(),
      offset: z.string(),
    }),
  ),
})

const release = z.strictObject({
  session: z.string(),
  releaseId: z.string(),
  state: z.enum(['planned', 'approved', 'held', 'released', 'cancelled']),
  releaseAt: instant,
  releasedAt: exactOptional(instant),
  plannedBy: z.string(),
  approvedBy: exactOptional(z.string()),
  manifest: z.string(),
  lastStep: exactOptional(z.strictObject({ step: z.enum(['hold', 'resume', 'cancel']), by: z.string(), at: instant })),
  counts: z.strictObject({
    entries: z.int(),
    results: z.int(),
    entriesWithoutResult: z.int(),
    resultsWithoutEntry: z.int(),
    recipients: z.int(),
    sealed: z.int(),
  }),
  correction: exactOptional(correction),
  preview: exactOptional(preview),
  findings: exactOptional(
    z.strictObject({
      entriesWithoutResult: z.array(z.string()),
      resultsWithoutEntry: z.array(z.string()),
      blankNames: z.array(z.string()),
    }),
  ),
  samples: exactOptional(z.array(z.strictObject({ language, subject: z.string(), text: z.string() }))),
})

const mailReport = z.strictObject({
  session: z.string(),
  releaseId: z.string(),
  planned: z.int(),
  pending: z.int(),
  accepted: z.int(),
  unknown: z.int(),
  failed: z.int(),
  suppressed: z.int(),
  delivered: z.int(),
  bounced: z.int(),
  complained: z.int(),
  reasons: z.array(z.strictObject({ reason: z.string(), count: z.int() })),
  isPlanned: z.boolean(),
  isStopped: z.boolean(),
  slowedBy: z.array(z.string()),
  /** Why mails are stopped or slow, and what to do. */
  obstacles: z.array(
    z.strictObject({
      obstacle: z.enum([
        'not-released',
        'held',
        'cancelled',
        'not-planned',
        'breaker',
        'daily-quota',
        'service-unavailable',
        'call-refused',
        'alarm',
      ]),
      says: z.string(),
      todo: exactOptional(z.string()),
    }),
  ),
})

const deadLetters = z.strictObject({
  queues: z.array(z.strictObject({ queue: z.string(), messages: z.int(), holds: z.string(), redrivable: z.boolean() })),
})

const redriven = z.strictObject({ queues: z.array(z.strictObject({ queue: z.string(), messages: z.int() })) })

const auditPage = z.strictObject({
  entries: z.array(
    z.strictObject({
      at: instant,
      by: z.string(),
      action: z.string(),
      details: z.catchall(z.object({}), z.union([z.string(), z.number()])),
    }),
  ),
  next: exactOptional(z.string()),
})

const unmailed = z.strictObject({
  recipients: z.array(
    z.strictObject({
      idNumber: z.string(),
      state: z.enum(['pending', 'unknown', 'failed', 'suppressed']),
      reason: exactOptional(z.string()),
    }),
  ),
  next: exactOptional(z.string()),
})

const reconciled = z.strictObject({
  session: z.string(),
  settled: z.int(),
  unknown: z.int(),
  requeued: z.int(),
  resendFrom: exactOptional(instant),
  next: exactOptional(z.string()),
})

const resent = z.strictObject({
  session: z.string(),
  resent: z.int(),
  tooEarly: z.int(),
  resentBefore: z.int(),
  next: exactOptional(z.string()),
})

/** What comes back from each operation; the page in `docs/openapi.yaml` is made from it, and the journeys hold answers to it. */
export const answers: Readonly<Record<OperationName, Answers>> = {
  register: {
    success: { 201: nothing },
    problems: ['malformed-request', 'incorrect-details', 'already-registered', 'secret-number-locked', 'try-again'],
  },
  logIn: {
    success: { 201: z.strictObject({ expiresAt: instant }) },
    problems: ['malformed-request', 'incorrect-details', 'account-locked', 'try-again'],
  },
  logOut: { success: { 204: null }, problems: [] },
  showAccount: { success: { 200: account }, problems: [] },
  changeAccount: { success: { 200: account }, problems: [] },
  changePassword: {
    success: { 204: null },
    problems: ['malformed-request', 'incorrect-details', 'account-locked', 'try-again'],
  },
  changeEmail: {
    success: { 202: nothing },
    problems: ['malformed-request', 'incorrect-details', 'account-locked', 'try-again'],
  },
  confirmEmail: { success: { 204: null }, problems: ['malformed-request', 'link-expired'] },
  requestPasswordReset: { success: { 202: nothing }, problems: ['malformed-request'] },
  confirmPasswordReset: { success: { 204: null }, problems: ['malformed-request', 'link-expired'] },
  exportAccount: { success: { 200: exported }, problems: [] },
  listResults: { success: { 200: z.strictObject({ results: z.array(result) }) }, problems: [] },
  showStatement: { success: {}, file: 'application/pdf', problems: ['no-such-result'] },
  listExams: { success: { 200: z.strictObject({ exams: z.array(exam) }) }, problems: [] },
  listCountries: { success: { 200: options }, problems: [] },
  listLanguages: { success: { 200: options }, problems: [] },
  health: { success: { 200: z.strictObject({ status: z.literal('ok') }) }, problems: [] },
  startImport: {
    success: { 201: z.strictObject({ importId: z.string(), uploadUrl: z.string() }) },
    problems: ['malformed-request', 'forbidden'],
  },
  showImport: { success: { 200: importState }, problems: ['no-such-import'] },
  planRelease: { success: { 201: release }, problems: ['malformed-request', 'release-refused'] },
  approveRelease: {
    success: { 200: release },
    problems: ['malformed-request', 'no-such-release', 'same-person', 'manifest-changed', 'release-refused'],
  },
  listAuditEntries: { success: { 200: auditPage }, problems: ['malformed-request'] },
  listDeadLetters: { success: { 200: deadLetters }, problems: [] },
  redriveDeadLetters: { success: { 200: redriven }, problems: ['malformed-request'] },
  unsubscribe: { success: { 200: nothing }, problems: ['link-expired'] },
  reportMails: { success: { 200: mailReport }, problems: ['no-such-release'] },
  listUnmailed: { success: { 200: unmailed }, problems: ['no-such-release'] },
  reconcileMails: { success: { 200: reconciled }, problems: ['no-such-release', 'release-refused'] },
  resendUnknown: { success: { 200: resent }, problems: ['no-such-release', 'release-refused'] },
  resumeMails: {
    success: { 200: z.strictObject({ session: z.string() }) },
    problems: ['no-such-release', 'release-refused'],
  },
  showRelease: { success: { 200: release }, problems: ['no-such-release'] },
  checkReadiness: {
    success: {
      200: z.strictObject({
        session: z.string(),
        ready: z.boolean(),
        checks: z.array(
          z.strictObject({
            check: z.string(),
            state: z.enum(['ok', 'warn', 'fail', 'not-checked']),
            says: z.string(),
            todo: exactOptional(z.string()),
          }),
        ),
      }),
    },
    problems: ['no-such-release'],
  },
  holdRelease: { success: { 200: release }, problems: ['no-such-release', 'release-refused'] },
  resumeRelease: { success: { 200: release }, problems: ['no-such-release', 'release-refused'] },
  cancelRelease: { success: { 200: release }, problems: ['no-such-release', 'release-refused'] },
}

const ofAccess: Readonly<Record<Access, readonly ProblemCode[]>> = {
  public: ['forbidden'],
  candidate: ['forbidden', 'not-signed-in'],
  operator: ['forbidden'],
}
const ofBody: readonly ProblemCode[] = ['malformed-request', 'too-large', 'not-json']
const ofEverything: readonly ProblemCode[] = ['unexpected', 'try-again']

/** Every problem that an operation may answer: its own, and those of the chain that all of its kind go through. */
export const documentedProblems = (name: OperationName): ReadonlySet<ProblemCode> => {
  const { access, body }: Operation = operations[name]
  return new Set([...answers[name].problems, ...ofAccess[access], ...(body ? ofBody : []), ...ofEverything])
}

/** The body of every refusal (RFC 9457). */
export const problemDetails = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
  requestId: z.string(),
  detail: exactOptional(z.string()),
  fields: exactOptional(z.array(z.strictObject({ path: z.string(), code: z.enum(fieldCodes) }))),
  lockedUntil: exactOptional(instant),
})

/**
 * What API Gateway answers by itself, before any of our code, and in a form that nobody can change: 403 to operators'
 * requests without a good signature, 429 over a route's throttle.
 */
export const gatewayAnswer = z.strictObject({ message: z.string() })

/** Whether an operation's requests may get API Gateway's own answer with this status. */
export const mayComeFromGateway = (name: OperationName, status: number): boolean =>
  status === 429 || (status === 403 && operations[name].access === 'operator')

/** The candidate's own data as `GET /v1/me` gives it. */
export type AccountAnswer = z.infer<typeof account>
/** What `GET /v1/me/export` gives. */
export type ExportAnswer = z.infer<typeof exported>
/** A list to choose from, in its order. */
export type OptionsAnswer = z.infer<typeof options>
/** What `ops release report` prints. */
export type MailReport = z.infer<typeof mailReport>
export type DeadLettersAnswer = z.infer<typeof deadLetters>
export type Redriven = z.infer<typeof redriven>
export type AuditPage = z.infer<typeof auditPage>
export type UnmailedPage = z.infer<typeof unmailed>
export type Reconciliation = z.infer<typeof reconciled>
export type Resending = z.infer<typeof resent>
/** One element of `GET /v1/me/results`. */
export type ResultAnswer = z.infer<typeof result>
