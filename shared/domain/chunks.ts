/** Maps the items in chunks of `size`, each chunk concurrently, and returns the results in the items' order; rejects with the first failure. */
export const mapInChunks = async <Item, Result>(
  items: readonly Item[],
  size: number,
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += size) {
    results.push(...(await Promise.all(items.slice(from, from + size).map(map))))
  }
  return results
}
