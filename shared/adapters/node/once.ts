/** Fetches once, and again only where that failed. */
export const once = <Value>(fetch: () => Promise<Value>): (() => Promise<Value>) => {
  let fetched: Promise<Value> | undefined
  return () => {
    fetched ??= fetch().catch((error: unknown) => {
      fetched = undefined
      throw error
    })
    return fetched
  }
}
