import { shardOf } from '../../../shared/domain/identifiers.ts'

const known = new Map<string, number>()

/** The shard of an ID, computed once: fakes ask for it again and again. */
export const knownShard = (idNumber: string): number => {
  const shard = known.get(idNumber) ?? shardOf(idNumber)
  known.set(idNumber, shard)
  return shard
}
