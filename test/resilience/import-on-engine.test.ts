import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { importOnEngine } from '../support/import-files/import-on-engine.ts'
import { importOverlappingFiles } from '../support/import-files/overlapping-files.ts'
import { entriesFile, resultsFile } from '../support/import-files/runs.ts'
import { withLostResponses } from '../support/lost-responses.ts'

/** Two concurrent imports of many invocations each, on real tables: G5, R62. */
let tables: TestTables
beforeEach(async () => {
  tables = await startTables()
})
afterEach(() => tables.stop())

test('two files with half of their candidates in common are applied sequentially, however often each is continued', async () => {
  await importOverlappingFiles(tables, { half: 1_500, pages: 6 })
})

test('a file, its correction and its repeat are each applied at the first delivery, though every response of DynamoDB is lost', async () => {
  const lossy = withLostResponses(tables)
  try {
    const here = importOnEngine(lossy)
    const session = '2026-11-b2-first-digital'
    const results = (grade: string) => resultsFile(120, grade).replaceAll('2026-11-b2-first', session)
    const changes: Record<string, unknown> = {}
    for (const [importId, content, kind] of [
      ['entries', entriesFile(120, { name: 'Ana' }), 'entries'],
      ['entries-corrected', entriesFile(120, { name: 'Anna' }), 'entries'],
      ['entries-repeated', entriesFile(120, { name: 'Anna' }), 'entries'],
      ['results', results('B'), 'results'],
      ['results-corrected', results('C'), 'results'],
      ['results-repeated', results('C'), 'results'],
    ] as const) {
      await here.put(importId, content, kind)
      // Throws if a delivery does.
      await here.run(Number.POSITIVE_INFINITY)
      changes[importId] = here.report(importId)?.changes
    }
    expect(here.outcomes).toEqual(Array.from({ length: 6 }, () => 'applied'))
    const [added, corrected, unchanged] = ['added', 'corrected', 'unchanged'].map((what) => ({
      ...{ added: 0, corrected: 0, unchanged: 0 },
      [what]: 120,
    }))
    expect(changes).toEqual({
      ...{ entries: added, 'entries-corrected': corrected, 'entries-repeated': unchanged },
      ...{ results: added, 'results-corrected': corrected, 'results-repeated': unchanged },
    })
    const stored = await here.stored()
    expect([...stored.values()].filter(({ givenName }) => givenName === 'Anna')).toHaveLength(120)
    const newest = await here.newest([...stored.keys()].slice(0, 100))
    expect([...newest.values()].map(({ version }) => version)).toEqual(Array.from({ length: 100 }, () => 2))
  } finally {
    lossy.client.destroy()
  }
})
