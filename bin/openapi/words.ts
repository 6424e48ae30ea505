import type { OperationName } from '../../shared/contracts/http.ts'

/** What the API page says of each chapter of functions. */
export const chapters: Readonly<Record<string, string>> = {
  identity: 'Registration, login and the candidate’s own details.',
  results: 'The candidate’s own results.',
  reference: 'What everybody may know.',
  imports: 'Operators: files that come in.',
  release: 'Operators: planning and approving what goes out.',
  queues: 'Operators: messages that were given up.',
  audit: 'Operators: who did what.',
  mail: 'Operators: what became of the mails of a release.',
}

/** What operations do beyond their summary. */
export const remarks: Partial<Record<OperationName, string>> = {
  register:
    'All or nothing, and safe to repeat: the same body is answered 201 again for 24 hours. Three wrong Secret numbers lock their check for 30 minutes.',
  logIn:
    'Sets the cookie `__Host-session=…; Path=/; Secure; HttpOnly; SameSite=Strict`. The session ends after 30 minutes without a call, or 12 hours after it began; `expiresAt` is the earlier. Three wrong passwords in a row lock the ID number for 30 minutes.',
  logOut: 'Clears the cookie.',
  changePassword:
    'The session that asks goes on; every other one ends. Three wrong passwords in a row lock the ID number, as at login.',
  exportAccount:
    'Sent with `Content-Disposition: attachment`. Results as the results page shows them at this instant; `notIncluded` names what is held and left out.',
  listResults: 'One element for each entry, whether or not a result is loaded.',
  showStatement:
    'A tagged PDF in the candidate’s language, sent with `Content-Disposition: attachment`. One answer, byte for byte but for the request’s id, whether the session is not the candidate’s, not released, held, or has no result.',
  listCountries:
    'In the language of `lang`, else of `Accept-Language`, else English, and in its order; `prefer-not-to-say` comes first.',
  listLanguages:
    'In the language of `lang`, else of `Accept-Language`, else English, and in its order; `prefer-not-to-say` comes first.',
  listExams: 'In the language of `lang`, else of `Accept-Language`, else English.',
  startImport: 'Put the CSV file to `uploadUrl`; it is applied or refused as a whole.',
  checkReadiness: 'Changes nothing. `not-checked` is what nothing answers here, as on the local run.',
  holdRelease: 'Said again by the same person, it is done already. Readers may take up to two seconds to notice.',
  resumeRelease:
    'What was agreed to stays agreed to, unless what was counted has changed during the hold: then it has to be planned again. Opens at once if the instant has passed.',
  cancelRelease: 'Refused once the results have been visible.',
  planRelease:
    'Where the session has been released, a correction of it is planned: the answer is the release as it stands, with `correction`.',
  unsubscribe:
    'Takes an empty body, or the form of RFC 8058, of any content type; needs no session. Repeatable. The token stands in the mail’s `List-Unsubscribe` and is good for nothing else; once the address has changed, it does nothing.',
  listAuditEntries:
    'Oldest first, a hundred on a page: `after` is what the page before called `next`; the last page has none. A subject is `release/<session>`, `import/<import>`, `queue/<name>`, or `refused` for everybody who may not do what they tried; of a subject without entries there are none.',
  redriveDeadLetters:
    'Of one queue, or of all that have any; written to the audit trail. They arrive one after the other.',
  reportMails:
    'Counted from the mails themselves: `planned` = `pending` + `accepted` + `unknown` + `failed` + `suppressed`; `delivered`, `bounced` and `complained` are of the accepted ones. `reasons` says how often each stands. `isPlanned` is false while the plan is still being made, `isStopped` true where too many bounced. `obstacles` says why mails do not go or go slowly, the weightiest first, and what to do.',
  listUnmailed: 'Page by page: `after` is what the page before called `next`; the last page has none.',
  reconcileMails:
    'Safe at any time. One step of some seconds: where the answer has a `next`, ask again with it as `after`, until it has none; its numbers are of that step. `resendFrom` is the instant from which all that is unknown may be sent again.',
  resendUnknown:
    'A decision: some of the readers may get the mail twice. Each mail at most once; written to the audit trail. One step of some seconds: where the answer has a `next`, ask again with it as `after`, until it has none; its numbers are of that step.',
  resumeMails: 'A decision, written to the audit trail. What has bounced so far is not counted any more.',
  approveRelease: 'Bound to what was counted: any change since the plan voids it.',
}

/** Parameters in paths and queries, by name. */
export const parameters: Readonly<Record<string, string>> = {
  importId: 'As `POST /api/v1/ops/imports` answered it.',
  session: 'An exam session, such as `2026-11-b2-first-digital`.',
  lang: 'One of `en es it fr de`.',
  subject: 'What the entries are about, such as `release/2026-11-b2-first-digital`.',
  token: 'As in the address in the mail’s header.',
  correction: 'Id of a correction, whose mails are meant then; those of the release if absent.',
  after: 'Where to go on: `next` of the page or step before.',
}

/** Fields of requests, by name: one name means one thing everywhere. */
export const fields: Readonly<Record<string, string>> = {
  country: 'Where the candidate is from: an ISO 3166-1 alpha-2 code, or `prefer-not-to-say`.',
  currentPassword: 'The password that is valid now.',
  email: 'The address to write to; need not be the candidate’s alone.',
  emailOptIn: 'Whether to be told by email when results are released.',
  fileName: 'The file’s name on the operator’s machine, for the record.',
  firstLanguage: 'An ISO 639 code of two letters, or `prefer-not-to-say`.',
  idNumber: 'As on the Confirmation of Entry; spaces and letter case do not matter.',
  kind: 'What the file holds.',
  language: 'For pages and mails: one of `en es it fr de`.',
  manifest: 'The `manifest` of the plan, or of its `correction`, that is approved.',
  notify: 'Of a correction, and required there: whether candidates whose result it changes are told by mail.',
  password: 'A–Z, a–z and 0–9, 8 to 128 of them; case matters.',
  passwordConfirmation: 'The password again.',
  releaseAt:
    'An ISO 8601 instant that lies ahead. A correction may leave it out, and then happens once it is approved.',
  queue: 'Name of one queue, as the list calls it; all if absent.',
  secretNumber: 'As on the Confirmation of Entry; spaces and letter case do not matter.',
  session: 'An exam session, such as `2026-11-b2-first-digital`.',
  stage: 'The stage that the file is meant for; another stage refuses it.',
  termsAccepted: 'Whether the terms of use are accepted; must be true.',
  token: 'What stands behind `#token=` in the link from the email.',
}
