/**
 * The form in which ID and Secret numbers are stored and compared: no white space, upper case (R20).
 * Leading zeros count, so they stay text.
 */
export const normaliseNumber = (typed: string): string => typed.replace(/\s+/gu, '').toUpperCase()

/** What the stage accepts as an ID or Secret number; lengths are configurable within R20's bounds. */
export const idNumberPattern = /^[A-Z0-9]{6,12}$/
export const secretNumberPattern = /^[A-Z0-9]{4,12}$/

/** One exam, date and mode released together, e.g. `2026-11-b2-first-digital`. */
export const sessionPattern = /^[a-z0-9-]{1,48}$/

/** What every id that the service makes itself fits (they are UUIDs); anything else is nobody's and need not be looked for. */
export const madeIdPattern = /^[A-Za-z0-9-]{1,64}$/

/** How many partitions one session's rows are spread over, so that no single partition heats up. */
export const shardCount = 16

/** FNV-1a over a text's characters, 32 bits: spreads, and keeps nothing secret. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  }
  return hash
}

/** Deterministic shard of an ID number. */
export const shardOf = (idNumber: string): number => hashOf(idNumber) % shardCount

/** Key of a session's shard in the `bySession` indexes: `2026-11-b2-first-digital#07`. */
export const sessionShardKey = (session: string, shard: number): string =>
  `${session}#${String(shard).padStart(2, '0')}`

/** The session shard that an ID number's rows belong to. */
export const sessionShardOf = (session: string, idNumber: string): string => sessionShardKey(session, shardOf(idNumber))

/** All shard numbers, for whoever reads a whole session. */
export const shards: readonly number[] = Array.from({ length: shardCount }, (_, shard) => shard)
