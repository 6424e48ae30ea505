/**
 * Does some work for each item, up to so many at once, and gives the results in the items' order. Whoever stops early,
 * or is stopped by a failure, goes on only when all that was begun has come to its end.
 */
export async function* workAhead<Item, Result>(
  items: AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const iterator = items[Symbol.asyncIterator]()
  const begun: Promise<Result>[] = []
  let isLast = false
  try {
    for (;;) {
      while (!isLast && begun.length < atOnce) {
        const next = await iterator.next()
        if (next.done) isLast = true
        else begun.push(settledLater(work(next.value)))
      }
      const first = begun.shift()
      if (!first) return
      yield await first
    }
  } finally {
    await Promise.allSettled(begun)
    await iterator.return?.()
  }
}

/** Its failure is looked at when it is its turn, and must not end the process before. */
const settledLater = <Result>(promise: Promise<Result>): Promise<Result> => {
  promise.catch(() => undefined)
  return promise
}
