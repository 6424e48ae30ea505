import type { EmbargoFacts } from '../domain/embargo.ts'

/** How releases stand, for those who ask whether a result may be seen. */
export interface ReleaseStates {
  /** Release and opening of a session, read together; at most two seconds old. */
  of(session: string): Promise<Pick<EmbargoFacts, 'release' | 'opening'>>
}
