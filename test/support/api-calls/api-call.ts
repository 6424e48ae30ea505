import type { FieldCode, ProblemCode } from '../../../shared/contracts/problems.ts'
import type { RawRequest } from './raw-http.ts'

/** What must become of a call; whatever it is, the answer must be a documented one. */
export type Expectation =
  /** It is good, and the state it needs is there, unless it is refused with one of these codes for being one too many. */
  | { readonly becomes: 'accepted'; readonly unless?: readonly ProblemCode[] }
  /** Refused with one of these codes. */
  | { readonly becomes: 'refused'; readonly codes: readonly ProblemCode[] }
  /** Refused as malformed, by the field's name and one of these codes. */
  | { readonly becomes: 'field-refused'; readonly path: string; readonly codes: readonly FieldCode[] }
  /** Refused for its method, with the methods that the path takes. */
  | { readonly becomes: 'method-refused'; readonly allow: readonly string[] }
  /** Refused for who calls. */
  | { readonly becomes: 'caller-refused' }
  /** The service is asked whether it is there. */
  | { readonly becomes: 'answered' }
  /** Nobody knows beforehand. */
  | { readonly becomes: 'anything' }

/** One call with what must become of it. */
export interface ApiCall {
  /** What the tally counts it under. */
  readonly kind: string
  readonly request: RawRequest
  readonly expected: Expectation
  /** What was sent as values: no refusal may repeat them. */
  readonly values: readonly string[]
}

/** The call as one line that a person can read and send again. */
export const describeCall = ({ kind, request: { method, path, headers, body } }: ApiCall): string => {
  const sent = body === undefined ? '' : ` ${JSON.stringify(String(body)).slice(0, 600)}`
  return `[${kind}] ${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 500)}${sent}`
}
