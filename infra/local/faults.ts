/** Faults to inject into the local run, for rehearsals; each method is called once per event. */
export interface Faults {
  /** The fault of one AWS call of a function; undefined for none. */
  ofCall(call: FunctionCall): CallFault | undefined
  /** The fault of one mail in a bulk call that SES accepts. */
  ofBulkEntry(): BulkEntryFault | undefined
  /** Delay in seconds of each delivery of a message; `[0]` is a single, immediate one. */
  deliveriesOf(queueArn: string): readonly number[]
}

export interface FunctionCall {
  /** The function's folder: `mail/send-result-emails`. */
  readonly caller: string
  /** Signing name of the service: `dynamodb`. */
  readonly service: string
  /** The operation of a JSON service, or the last path segment of a REST service: `outbound-bulk-emails`. */
  readonly operation: string
}

/** `…-before`: the call was not carried out. `…-after`: it was carried out, and the caller gets no response. */
export type CallFault = 'killed-before' | 'killed-after' | 'lost-before' | 'lost-after' | 'throttled'

/** Throttled: not sent. Transient: SES does not say whether it was sent; `…-sent` was. */
export type BulkEntryFault = 'throttled' | 'transient-sent' | 'transient-unsent'

/** The normal local run. */
export const noFaults: Faults = {
  ofCall: () => undefined,
  ofBulkEntry: () => undefined,
  deliveriesOf: () => [0],
}
