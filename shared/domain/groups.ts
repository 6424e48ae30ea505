/** Does something for each item, so many at once at most, and answers the results in the items' order; the first failure ends it. */
export const mapInGroups = async <Item, Result>(
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
