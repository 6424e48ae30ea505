import type { ClockState } from '../clock.ts'

/** Start parameters of a function's process. */
export interface FunctionStart {
  readonly kind: 'start'
  readonly clock: ClockState
  /** Folder of the deployed bundle. */
  readonly code: string
  /** Handler from the template, such as `index.handler`. */
  readonly handler: string
  readonly functionArn: string
  readonly timeoutMilliseconds: number
}

export interface FunctionInvocation {
  readonly kind: 'invoke'
  readonly requestId: string
  readonly event: unknown
}

export type ToFunction = FunctionStart | FunctionInvocation | { readonly kind: 'clock'; readonly clock: ClockState }

export type FromFunction =
  | { readonly kind: 'ready' }
  /** `payload` is JSON text. */
  | { readonly kind: 'returned'; readonly payload: string }
  | { readonly kind: 'threw'; readonly errorType: string; readonly errorMessage: string }
