import type { ResultVersion } from './result.ts'
import { type EpochMilliseconds, toIso } from './time.ts'

/** One result as the manifest counts it: another version, state or payload is another line. */
export type ManifestRow = Pick<ResultVersion, 'idNumber' | 'version' | 'state' | 'digest'>

/** What stands in place of a manifest once a plan is void; no approval can name it. */
export const voidManifest = 'void'

/** The text that is hashed for one result; a shard's rows are hashed in ascending order of their ID. */
export const manifestLine = ({ idNumber, version, state, digest }: ManifestRow): string =>
  `${idNumber} ${version} ${state} ${digest}\n`

/** The text whose SHA-256 is the manifest: every result of the session, the instant and the mails (R63). */
export const manifestText = (parts: {
  readonly session: string
  readonly releaseAt: EpochMilliseconds
  /** Digest of the mail templates. */
  readonly mailTemplates: string
  /** Hash over the lines of each shard, by shard number. */
  readonly shardManifests: readonly string[]
  /** Of a correction: what it corrects, and whether it is told by mail. */
  readonly correction?: { readonly corrects: string; readonly notify: boolean }
}): string =>
  JSON.stringify([
    'manifest-1',
    parts.session,
    toIso(parts.releaseAt),
    parts.mailTemplates,
    ...parts.shardManifests,
    ...(parts.correction ? [parts.correction.corrects, parts.correction.notify] : []),
  ])
