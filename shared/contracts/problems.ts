/** Every code of an `application/problem+json` answer (RFC 9457) with its HTTP status and English title. */
export const problems = {
  'malformed-request': [400, 'The request is not in the expected form.'],
  'incorrect-details': [401, 'The details are not correct.'],
  'not-signed-in': [401, 'Please log in.'],
  forbidden: [403, 'This is not allowed.'],
  'not-found': [404, 'There is nothing at this address.'],
  'no-such-result': [404, 'There is no released result here.'],
  'no-such-release': [404, 'No release is planned for this session.'],
  'no-such-import': [404, 'There is no import with this id.'],
  'method-not-allowed': [405, 'This address does not take this method.'],
  'already-registered': [409, 'This ID number has an account already.'],
  'release-refused': [409, 'The release cannot be changed in this way.'],
  'manifest-changed': [409, 'What was counted has changed; plan the release again.'],
  'same-person': [409, 'Planning and approving a release take two people.'],
  'link-expired': [410, 'This link does not work any more.'],
  'too-large': [413, 'The request is too large.'],
  'not-json': [415, 'Please send application/json.'],
  'account-locked': [423, 'This account is locked.'],
  'secret-number-locked': [423, 'The Secret number is locked.'],
  'try-again': [429, 'Please try again in a moment.'],
  unexpected: [500, 'Something went wrong. Please try again later.'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof problems

/** What every answer says of a problem with this code, whoever gives it. */
export const problemHead = (code: ProblemCode) => {
  const [status, title] = problems[code]
  return { type: `urn:results-service:problem:${code}`, title, status, code }
}

/** Codes of `fields[].code` in a `malformed-request`. */
export const fieldCodes = [
  'required',
  'not-a-string',
  'unknown-field',
  'too-long',
  'email-format',
  'password-characters',
  'password-too-short',
  'password-too-long',
  'password-too-common',
  'password-personal',
  'passwords-differ',
  'terms-not-accepted',
  'not-in-list',
  'not-a-date',
  'not-a-boolean',
  'not-an-instant',
  'not-in-the-future',
] as const
export type FieldCode = (typeof fieldCodes)[number]

/** One field that was refused: its name, never its value. */
export interface FieldProblem {
  readonly path: string
  readonly code: FieldCode
}
