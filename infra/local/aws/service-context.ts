import { join } from 'node:path'
import type { LocalAssembly, LocalClock } from '../types.ts'
import type { Authorization } from './access/authorization.ts'
import type { ArnResolver } from './arn-resolver.ts'

/** What every service of the endpoint is constructed with. */
export interface ServiceContext {
  readonly assembly: LocalAssembly
  readonly clock: LocalClock
  readonly authorization: Authorization
  readonly names: ArnResolver
  /** Folder for persistent state; in memory if absent. */
  readonly dataDir?: string
  readonly log: (line: string) => void
}

/** Path of a file in the data folder; undefined if state is kept in memory. */
export const dataFile = (
  { dataDir }: Pick<ServiceContext, 'dataDir'>,
  ...path: readonly string[]
): string | undefined => dataDir && join(dataDir, ...path)
