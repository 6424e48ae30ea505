/** The process was killed: nothing after this line ran. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

type Methods = Readonly<Record<string, unknown>>

/** Calls counted over all ports of one run; kills at the named one, before it took effect or after. */
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
  /** The same port; its asynchronous methods die with the process. */
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
