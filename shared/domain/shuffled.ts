import { hashOf } from './identifiers.ts'

/**
 * The items in an order that depends on the seed alone and on nothing that stands in their keys: another for each seed,
 * the same for everybody who has it.
 */
export const shuffled = <Item>(
  items: readonly Item[],
  seed: string,
  keyOf: (item: Item) => string | number,
): readonly Item[] =>
  items
    .map((item) => ({ item, rank: scattered(hashOf(`${seed} ${keyOf(item)}`)) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)

/** FNV alone leaves neighbours near each other; this is the end of MurmurHash3, which does not. */
const scattered = (hash: number): number => {
  let mixed = hash
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
