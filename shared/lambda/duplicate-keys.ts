/**
 * Whether any object of a JSON text names a key twice. `JSON.parse` silently keeps the last one, and two readers that
 * keep different ones can be played against each other. The text must be valid JSON.
 */
export const hasDuplicateKeys = (json: string): boolean => {
  const objects: Set<string>[] = []
  for (const [token, key] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') objects.push(new Set())
    else if (token === '}') objects.pop()
    else if (key !== undefined) {
      const name = JSON.parse(key) as string
      const names = objects.at(-1)
      if (names?.has(name)) return true
      names?.add(name)
    }
  }
  return false
}
