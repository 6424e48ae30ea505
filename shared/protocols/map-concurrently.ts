/**
 * Maps the items with bounded concurrency and yields the results in the items' order. A consumer that stops early, or is
 * stopped by a failure, continues only after every call that was started has settled.
 */
export async function* mapConcurrently<Item, Result>(
  items: AsyncIterable<Item>,
  concurrency: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const iterator = items[Symbol.asyncIterator]()
  const started: Promise<Result>[] = []
  let isLast = false
  try {
    for (;;) {
      while (!isLast && started.length < concurrency) {
        const next = await iterator.next()
        if (next.done) isLast = true
        else started.push(ignoringRejection(map(next.value)))
      }
      const first = started.shift()
      if (!first) return
      yield await first
    }
  } finally {
    await Promise.allSettled(started)
    await iterator.return?.()
  }
}

/** Its rejection is handled when the result is due, and must not crash the process before that. */
const ignoringRejection = <Result>(promise: Promise<Result>): Promise<Result> => {
  promise.catch(() => undefined)
  return promise
}
