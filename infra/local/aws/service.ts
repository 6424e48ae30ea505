import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LocalPrincipal } from '../types.ts'
import type { AwsFault } from './aws-fault.ts'

/** One request of an identified caller. */
export interface ServiceCall {
  readonly principal: LocalPrincipal
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The request's URL; only path and query are relevant. */
  readonly url: URL
}

/** One AWS service behind the endpoint, with its own protocol. */
export interface Service {
  /** Responds to the call, or throws AwsFault before anything was written. */
  handle(call: ServiceCall): Promise<void>
  /** Writes an error response in this service's format. */
  refuse(response: ServerResponse, fault: AwsFault): void
  /** This service's error code for an unknown access key. */
  readonly unknownCaller: string
}

/** One operation of a service: takes the parsed input and returns the output. */
type Operation = (input: never, caller: LocalPrincipal) => unknown
export type Operations = Readonly<Record<string, Operation>>

/** Checks the caller's permissions for the operation and its input. Throws AwsFault. */
export type Authorize = (service: string, operation: string, input: unknown, caller: LocalPrincipal) => void
