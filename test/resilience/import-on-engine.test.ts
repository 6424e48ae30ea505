import { afterEach, beforeEach, test } from '@jest/globals'
import { startTables, type TestTables } from '../support/dynamodb.ts'
import { importOverlappingFiles } from '../support/import-files/overlapping-files.ts'

/** Files that take many invocations, two at once, on real tables: G5, R62. */
let tables: TestTables
beforeEach(async () => {
  tables = await startTables()
})
afterEach(() => tables.stop())

test('two files that share half of their people are applied one after the other, however often each is handed on', async () => {
  await importOverlappingFiles(tables, { half: 1_500, pages: 6 })
})
