import { expect, test } from '@jest/globals'
import { startTables } from '../support/dynamodb.ts'
import { checkFiles } from '../support/import-files/check-file.ts'
import { importOverlappingFiles } from '../support/import-files/overlapping-files.ts'

/** `mutated-files.test.ts` and `import-on-engine.test.ts` at a larger size, without negative controls: G5, R62. */
test('300,000 mutated files are each refused with a line number, or imported exactly', async () => {
  const { seen } = await checkFiles(300_000)
  expect(seen.applied + seen.refused).toBe(300_000)
})

test('two files of 100,000 rows, half of them shared, have the same result as sequentially', async () => {
  const tables = await startTables()
  try {
    await importOverlappingFiles(tables, { half: 50_000, pages: 150 })
  } finally {
    await tables.stop()
  }
}, 3_600_000)
