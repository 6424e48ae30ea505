import type { Centre } from '../domain/centre.ts'

/** The directory of exam centres. */
export interface Centres {
  /** Undefined for a centre that the directory does not have; entries need not follow it. May be some seconds old. */
  find(centreNumber: string): Promise<Centre | undefined>
}
