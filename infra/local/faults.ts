/** What is to go wrong in the local run, for rehearsals: each question is asked once for each thing that happens. */
export interface Faults {
  /** The fate of one AWS call of a function; undefined where it goes well. */
  ofCall(call: FunctionCall): CallFault | undefined
  /** The fate of one mail in a bulk call that SES takes. */
  ofBulkEntry(): BulkEntryFault | undefined
  /** Seconds after which each copy of a message can be received: one copy at once if all goes well. */
  deliveriesOf(queueArn: string): readonly number[]
}

export interface FunctionCall {
  /** The function's folder: `mail/send-result-emails`. */
  readonly caller: string
  /** As requests are signed for it: `dynamodb`. */
  readonly service: string
  /** Of a JSON service the operation; of a REST service the end of the path: `outbound-bulk-emails`. */
  readonly operation: string
}

/** `…-before`: nothing came of it. `…-after`: it was done, and the caller never learns. */
export type CallFault = 'killed-before' | 'killed-after' | 'lost-before' | 'lost-after' | 'throttled'

/** Throttled: not sent. Transient: SES does not say whether it was sent; `…-sent` was. */
export type BulkEntryFault = 'throttled' | 'transient-sent' | 'transient-unsent'

/** The local run as it is for everybody. */
export const noFaults: Faults = {
  ofCall: () => undefined,
  ofBulkEntry: () => undefined,
  deliveriesOf: () => [0],
}
