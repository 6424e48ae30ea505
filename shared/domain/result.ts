import type { EpochMilliseconds } from './time.ts'

export const resultStates = ['final', 'held', 'withdrawn'] as const
export type ResultState = (typeof resultStates)[number]

/** What a candidate achieved, as imported. */
export interface ResultPayload {
  readonly grade: string
  readonly overallScore?: number
  readonly cefrLevel?: string
  readonly skills: readonly { readonly name: string; readonly score: number }[]
}

/** One version of one candidate's result (table `results`). Versions start at 1. */
export interface ResultVersion {
  readonly idNumber: string
  readonly version: number
  readonly session: string
  readonly state: ResultState
  readonly payload: ResultPayload
  /** SHA-256 over session, state and payload: equal digests are the same result. */
  readonly digest: string
  /** The release that two people agreed to and that covered this very version; absent until sealed. */
  readonly sealedFor?: string
  /** The instant from which this version may be seen; absent until sealed. */
  readonly visibleFrom?: EpochMilliseconds
}
