/** The process was killed at this call: nothing after it runs. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

type Methods = Readonly<Record<string, unknown>>

/** Counts calls over all ports of one run and kills the process at the given one, before or after it takes effect. */
export const killAtCall = (at = Number.POSITIVE_INFINITY, when: 'before' | 'after' = 'after') => {
  const state = { calls: 0, isDead: false }
  const call = async (method: () => unknown) => {
    // A dead process does nothing any more, not even clean up.
    if (state.isDead) throw new Killed()
    const isLast = ++state.calls === at
    if (isLast && when === 'before') {
      state.isDead = true
      throw new Killed()
    }
    const answer = await method()
    if (isLast) {
      state.isDead = true
      throw new Killed()
    }
    return answer
  }
  /** Wraps a port; its asynchronous methods fail once the process is killed. */
  const mortal = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method = (target as Methods)[name as string]
        if (typeof method !== 'function') return method
        const isGenerator = method.constructor.name === 'AsyncGeneratorFunction'
        if (isGenerator) return method.bind(target)
        return (...parameters: unknown[]) => call(() => method.apply(target, parameters))
      },
    })
  return { state, mortal }
}
