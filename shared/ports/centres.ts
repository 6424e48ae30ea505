import type { Centre } from '../domain/centre.ts'

/** The directory of exam centres. */
export interface Centres {
  /** Undefined if the directory does not have the centre, which entries may still name. Eventually consistent. */
  find(centreNumber: string): Promise<Centre | undefined>
}
