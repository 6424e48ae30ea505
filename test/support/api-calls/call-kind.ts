import type * as fc from 'fast-check'
import type { ApiCall } from './api-call.ts'
import type { Example } from './examples.ts'
import type { DescribedOperation } from './requests.ts'

/** What a kind of call makes of an operation and its good requests; nothing where the operation has no room for it. */
export type MakeCalls = (
  operation: DescribedOperation,
  examples: fc.Arbitrary<Example>,
) => fc.Arbitrary<Omit<ApiCall, 'kind'>> | undefined

/** One kind of call to any operation. */
export interface CallKind {
  readonly kind: string
  /** How many calls of it a run makes, compared with other kinds. */
  readonly share: number
  readonly make: MakeCalls
}
