import { expect } from '@jest/globals'
import type { TestTables } from '../dynamodb.ts'
import { importOnEngine } from './import-on-engine.ts'
import { entriesFile } from './runs.ts'

/** Imports two files, each continued after so many pages; half of their rows share ID numbers but differ in the name. */
export const importOverlappingFiles = async (
  tables: TestTables,
  { half, pages }: { readonly half: number; readonly pages: number },
): Promise<void> => {
  const here = importOnEngine(tables)
  await here.put('first', entriesFile(2 * half, { name: 'Ana' }))
  await here.put('second', entriesFile(2 * half, { first: half, name: 'Anna' }))
  await here.run(pages)
  expect(here.outcomes.filter((outcome) => outcome === 'handed-on').length).toBeGreaterThan(3)
  expect(here.outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(2)
  const [first, second] = [here.report('first'), here.report('second')]
  expect([first?.accepted, second?.accepted]).toEqual([2 * half, 2 * half])

  // Whichever came last has named those whom both have.
  const last = second?.changes?.corrected === half ? 'Anna' : 'Ana'
  expect((last === 'Anna' ? second : first)?.changes).toEqual({ added: half, corrected: half, unchanged: 0 })
  const stored = await here.stored()
  expect(stored.size).toBe(3 * half)
  for (let index = 0; index < 3 * half; index++) {
    const alone = index < half ? 'Ana' : 'Anna'
    const expected = index >= half && index < 2 * half ? last : alone
    expect(stored.get(`ID${String(index).padStart(6, '0')}`)?.givenName).toBe(expected)
  }
  // Each invocation has had a lease of its own, some of whose rows the other file has overtaken.
  expect(new Set([...stored.values()].map(({ fencingToken }) => fencingToken)).size).toBeGreaterThan(2)
}
