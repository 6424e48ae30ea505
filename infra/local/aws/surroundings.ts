import { join } from 'node:path'
import type { LocalAssembly, LocalClock } from '../types.ts'
import type { Authorization } from './access/authorization.ts'
import type { Names } from './names.ts'

/** What every service of the endpoint is given. */
export interface Surroundings {
  readonly assembly: LocalAssembly
  readonly clock: LocalClock
  readonly authorization: Authorization
  readonly names: Names
  /** Where state outlives the process; in memory if absent. */
  readonly dataDir?: string
  readonly log: (line: string) => void
}

/** A file of the data folder; undefined where nothing is kept. */
export const dataFile = ({ dataDir }: Pick<Surroundings, 'dataDir'>, ...path: readonly string[]): string | undefined =>
  dataDir && join(dataDir, ...path)
