/** Adds rows one by one instead of in bulk, so that a kill or an interleaved step can happen between any two. */
export const entriesRowByRow =
  <Row>(addAll: (rows: readonly Row[]) => Promise<ReadonlySet<string>>) =>
  async (rows: readonly Row[]): Promise<ReadonlySet<string>> => {
    const present = new Set<string>()
    for (const row of rows) for (const id of await addAll([row])) present.add(id)
    return present
  }

/** The same for results, which answer the digests that are there. */
export const resultsRowByRow =
  <Row>(addAll: (rows: readonly Row[]) => Promise<ReadonlyMap<string, string>>) =>
  async (rows: readonly Row[]): Promise<ReadonlyMap<string, string>> => {
    const present = new Map<string, string>()
    for (const row of rows) for (const [id, digest] of await addAll([row])) present.set(id, digest)
    return present
  }
