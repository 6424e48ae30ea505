/** Runs acts of the same name one after the other, in the order in which they were asked for, whatever becomes of those before. */
export const oneAtATime = () => {
  const lastOf = new Map<string, Promise<void>>()
  return (name: string, act: () => Promise<void>): Promise<void> => {
    const done = (lastOf.get(name) ?? Promise.resolve()).then(act)
    lastOf.set(
      name,
      done.catch(() => undefined),
    )
    return done
  }
}
