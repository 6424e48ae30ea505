/** Items ordered by the instant at which they are due. */
export interface PriorityQueue<Item> {
  add(at: number, item: Item): void
  /** The earliest item, without removing it. */
  first(): QueuedItem<Item> | undefined
  /** Removes and returns the earliest item. */
  take(): QueuedItem<Item> | undefined
}

export interface QueuedItem<Item> {
  readonly at: number
  readonly item: Item
}

/** A binary min-heap; items due at the same instant come out in the order in which they were added. */
export const priorityQueue = <Item>(): PriorityQueue<Item> => {
  const heap: (QueuedItem<Item> & { readonly order: number })[] = []
  let added = 0
  const isBefore = (one: number, other: number): boolean => {
    const [a, b] = [heap[one], heap[other]]
    if (!a || !b) return a !== undefined
    return a.at < b.at || (a.at === b.at && a.order < b.order)
  }
  const swap = (one: number, other: number): void => {
    const [a, b] = [heap[one], heap[other]]
    if (a && b) [heap[one], heap[other]] = [b, a]
  }
  return {
    add(at, item) {
      heap.push({ at, item, order: added++ })
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1
        if (isBefore(parent, child)) return
        swap(parent, child)
        child = parent
      }
    },
    first: () => heap[0],
    take() {
      swap(0, heap.length - 1)
      const taken = heap.pop()
      for (let parent = 0; ; ) {
        const left = 2 * parent + 1
        const child = isBefore(left, left + 1) ? left : left + 1
        if (child >= heap.length || isBefore(parent, child)) return taken
        swap(parent, child)
        parent = child
      }
    },
  }
}
