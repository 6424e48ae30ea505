import type { OperationName } from '../../shared/contracts/http.ts'

/** The API page's introduction to each group of functions. */
export const chapters: Readonly<Record<string, string>> = {
  identity: 'Registration, login and the candidate’s own details.',
  results: 'The candidate’s own results.',
  reference: 'Public reference data.',
  imports: 'Operators: importing files.',
  release: 'Operators: planning and approving releases.',
  queues: 'Operators: dead-letter queues.',
  audit: 'Operators: the audit trail.',
  mail: 'Operators: the mails of a release.',
}

/** Descriptions of operations, in addition to their summaries. */
export const remarks: Partial<Record<OperationName, string>> = {
  register:
    'All or nothing, and safe to repeat: the same body is answered 201 again for 24 hours. Three wrong Secret numbers lock their check for 30 minutes.',
  logIn:
    'Sets the cookie `__Host-session=…; Path=/; Secure; HttpOnly; SameSite=Strict`. The session ends after 30 minutes without a call, or 12 hours after it began; `expiresAt` is the earlier. Three wrong passwords in a row lock the ID number for 30 minutes.',
  logOut: 'Clears the cookie.',
  changePassword:
    'The calling session continues; every other one ends. Three wrong passwords in a row lock the ID number, as at login.',
  exportAccount:
    'Sent with `Content-Disposition: attachment`. Results as the results page shows them at this instant; `notIncluded` names data that is held but not exported.',
  listResults: 'One element for each entry, whether or not a result is loaded.',
  showStatement:
    'A tagged PDF in the candidate’s language, sent with `Content-Disposition: attachment`. The answer is the same, except for the request id, whether the session is not the candidate’s, not released, held, or has no result.',
  listCountries:
    'In the language of `lang`, else of `Accept-Language`, else English, and in its order; `prefer-not-to-say` comes first.',
  listLanguages:
    'In the language of `lang`, else of `Accept-Language`, else English, and in its order; `prefer-not-to-say` comes first.',
  listExams: 'In the language of `lang`, else of `Accept-Language`, else English.',
  startImport: 'Put the CSV file to `uploadUrl`; it is applied or refused as a whole.',
  checkReadiness: 'Changes nothing. `not-checked` means that the checked resource did not answer, as in the local run.',
  holdRelease: 'Idempotent for the same person. Takes effect for candidates within two seconds.',
  resumeRelease:
    'The approval stays valid, unless the counted results have changed during the hold: then it has to be planned again. Opens at once if the instant has passed.',
  cancelRelease: 'Refused once the results have been visible.',
  planRelease: 'For a session that has been released, plans a correction: the answer is the release with `correction`.',
  unsubscribe:
    'Takes an empty body, or the form of RFC 8058, of any content type; needs no session. Repeatable. The token is in the mail’s `List-Unsubscribe` header and allows nothing else; after the address has changed, it has no effect.',
  listAuditEntries:
    'Oldest first, a hundred per page: pass the previous page’s `next` as `after`; the last page has no `next`. A subject is `release/<session>`, `import/<import>`, `queue/<name>`, or `refused` for everybody who was refused an operation; an unknown subject has no entries.',
  redriveDeadLetters:
    'Moves the messages of one dead-letter queue, or of all, back to their source queues, one after the other. Written to the audit trail.',
  reportMails:
    'Counted from the mails themselves: `planned` = `pending` + `accepted` + `unknown` + `failed` + `suppressed`; `delivered`, `bounced` and `complained` count accepted ones. `reasons` gives the number of mails per reason. `isPlanned` is false while planning is in progress, `isStopped` true if too many bounced. `obstacles` says why mails are stopped or slow, the most serious first, and what to do.',
  listUnmailed: 'Paged: pass the previous page’s `next` as `after`; the last page has no `next`.',
  reconcileMails:
    'Safe at any time. Works in steps of some seconds: while the answer has a `next`, call again with it as `after`; the counts are those of the step. `resendFrom` is the instant from which all unknown mails may be resent.',
  resendUnknown:
    'Some candidates may get the mail twice, so this is a decision of the operator, written to the audit trail. Resends each mail at most once. Works in steps of some seconds: while the answer has a `next`, call again with it as `after`; the counts are those of the step.',
  resumeMails: 'A decision of the operator, written to the audit trail. Resets the counts of bounces and complaints.',
  approveRelease: 'Bound to the counted results: any change since the plan voids it.',
}

/** Descriptions of path and query parameters, by name. */
export const parameters: Readonly<Record<string, string>> = {
  importId: 'As returned by `POST /api/v1/ops/imports`.',
  session: 'An exam session, such as `2026-11-b2-first-digital`.',
  lang: 'One of `en es it fr de`.',
  subject: 'What the entries are about, such as `release/2026-11-b2-first-digital`.',
  token: 'The token in the URL of the mail’s header.',
  correction: 'Id of a correction, to select its mails instead of those of the release.',
  after: 'Cursor: `next` of the previous page or step.',
}

/** Descriptions of request fields, by name: a name has one meaning everywhere. */
export const fields: Readonly<Record<string, string>> = {
  country: 'Where the candidate is from: an ISO 3166-1 alpha-2 code, or `prefer-not-to-say`.',
  currentPassword: 'The password that is valid now.',
  email: 'The email address; several accounts may share one.',
  emailOptIn: 'Whether to be told by email when results are released.',
  fileName: 'The file’s name on the operator’s machine, for the record.',
  firstLanguage: 'An ISO 639 code of two letters, or `prefer-not-to-say`.',
  idNumber: 'As on the Confirmation of Entry; spaces and letter case do not matter.',
  kind: 'The kind of file.',
  language: 'For pages and mails: one of `en es it fr de`.',
  manifest: 'The `manifest` of the plan, or of its `correction`, that is approved.',
  notify: 'Only for corrections, and required for them: whether candidates whose result changes are mailed.',
  password: 'A–Z, a–z and 0–9, 8 to 128 of them; case matters.',
  passwordConfirmation: 'The password again.',
  releaseAt: 'An ISO 8601 instant in the future. Optional for a correction, which then happens once it is approved.',
  queue: 'Name of one queue, as in the list; all if absent.',
  secretNumber: 'As on the Confirmation of Entry; spaces and letter case do not matter.',
  session: 'An exam session, such as `2026-11-b2-first-digital`.',
  stage: 'The stage that the file is meant for; another stage refuses it.',
  termsAccepted: 'Whether the terms of use are accepted; must be true.',
  token: 'The value after `#token=` in the link of the email.',
}
