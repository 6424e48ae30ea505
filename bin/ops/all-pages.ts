/** Everything that a paged answer holds: `after` is what the page before called `next`. */
export const allPages = async <Item>(
  ask: (after: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next?: string | undefined }>,
): Promise<readonly Item[]> => {
  const all: Item[] = []
  for (let after: string | undefined; ; ) {
    const { items, next } = await ask(after)
    all.push(...items)
    if (next === undefined) return all
    after = next
  }
}
