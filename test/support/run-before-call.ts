type Methods = Readonly<Record<string, unknown>>

/** Counts calls over all ports of one run; before the given one takes effect, runs another action to its end. */
export const runBeforeCall = (at: number, act: () => Promise<unknown>) => {
  const state = { calls: 0, hasHappened: false }
  const watched = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method = (target as Methods)[name as string]
        if (typeof method !== 'function') return method
        return async (...parameters: unknown[]) => {
          if (++state.calls === at) {
            state.hasHappened = true
            await act()
          }
          return method.apply(target, parameters)
        }
      },
    })
  return { state, watched }
}
