import type * as fc from 'fast-check'
import type { ApiCall } from './api-call.ts'
import type { Example } from './examples.ts'
import type { DescribedOperation } from './requests.ts'

/** Generates calls of one kind from an operation and its valid requests; undefined if the kind does not apply. */
export type MakeCalls = (
  operation: DescribedOperation,
  examples: fc.Arbitrary<Example>,
) => fc.Arbitrary<Omit<ApiCall, 'kind'>> | undefined

/** One kind of call to any operation. */
export interface CallKind {
  readonly kind: string
  /** Relative number of calls of this kind in a run. */
  readonly share: number
  readonly make: MakeCalls
}
