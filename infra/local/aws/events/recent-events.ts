const keptOfEachSource = 1_000

/** Keeps the last events of each source, so that many mail events do not displace the release event. */
export const recentEvents = () => {
  const bySource = new Map<string, { readonly number: number; readonly event: unknown }[]>()
  let number = 0
  return {
    add(source: string, event: unknown): void {
      const events = bySource.get(source) ?? []
      bySource.set(source, events)
      number += 1
      events.push({ number, event })
      // Trimmed rarely, as trimming copies the list.
      if (events.length > 2 * keptOfEachSource) events.splice(0, keptOfEachSource)
    },
    newestFirst: (): readonly unknown[] =>
      [...bySource.values()]
        .flatMap((events) => events.slice(-keptOfEachSource))
        .toSorted((one, other) => other.number - one.number)
        .map(({ event }) => event),
  }
}
