import type { FieldCode, ProblemCode } from '../../../shared/contracts/problems.ts'
import type { RawRequest } from './raw-http.ts'

/** The expected outcome of a call; in every case the response must be a documented one. */
export type Expectation =
  /** Valid, with the state that it needs; may only be refused with one of these codes, when a limit is reached. */
  | { readonly becomes: 'accepted'; readonly unless?: readonly ProblemCode[] }
  /** Refused with one of these codes. */
  | { readonly becomes: 'refused'; readonly codes: readonly ProblemCode[] }
  /** Refused as malformed, by the field's name and one of these codes. */
  | { readonly becomes: 'field-refused'; readonly path: string; readonly codes: readonly FieldCode[] }
  /** Refused for its method, with the allowed methods of the path. */
  | { readonly becomes: 'method-refused'; readonly allow: readonly string[] }
  /** Refused because of the caller. */
  | { readonly becomes: 'caller-refused' }
  /** The health check. */
  | { readonly becomes: 'answered' }
  /** The outcome is not known beforehand. */
  | { readonly becomes: 'anything' }

/** One call and its expected outcome. */
export interface ApiCall {
  /** Category in the report. */
  readonly kind: string
  readonly request: RawRequest
  readonly expected: Expectation
  /** The values sent: no refusal may repeat them. */
  readonly values: readonly string[]
}

/** The call as one line that a person can read and replay. */
export const describeCall = ({ kind, request: { method, path, headers, body } }: ApiCall): string => {
  const sent = body === undefined ? '' : ` ${JSON.stringify(String(body)).slice(0, 600)}`
  return `[${kind}] ${method} ${path.slice(0, 300)} ${JSON.stringify(headers).slice(0, 500)}${sent}`
}
