import { importEntries } from '../../../functions/imports/import-entries/import-entries.ts'
import { importResults } from '../../../functions/imports/import-results/import-results.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import type { ImportRecord } from '../../../shared/domain/import.ts'
import { manualClock } from '../clock.ts'
import { inMemoryImportFiles } from '../in-memory/import-files.ts'
import { inMemoryImportQueue } from '../in-memory/import-queue.ts'
import { inMemoryImportedEntries } from '../in-memory/imported-entries.ts'
import { inMemoryImports } from '../in-memory/imports.ts'
import { inMemoryResults } from '../in-memory/results.ts'

/** Both importers over an in-memory bucket and tables; Secret numbers are in plain text, so that tests can read them. */
export const importFixture = () => {
  const clock = manualClock()
  const [files, imports, queue] = [inMemoryImportFiles(), inMemoryImports(), inMemoryImportQueue()]
  const [entries, results] = [inMemoryImportedEntries(), inMemoryResults()]
  let ids = 0
  const ports = {
    ...{ clock, files, reports: files, imports, queue, entries, results, newDigest: sha256 },
    entriesFacts: { factsFor: async () => new Map(), factsOf: async () => undefined },
    releases: { voidPlan: async () => 'nothing-to-void' as const },
    keyedHash: async (text: string) => text,
    newSeal: async () => ({ encryptedKey: new Uint8Array(), seal: (_: string, secretNumber: string) => secretNumber }),
    pause: async (milliseconds: number) => clock.advance(milliseconds),
    newId: () => `attempt-${++ids}`,
  }
  const start = async (kind: ImportRecord['kind'], importId: string) => {
    const createdAt = clock.now()
    const audit = { subject: `import/${importId}`, at: createdAt, id: importId, by: 'olga', action: '', details: {} }
    await imports.create({ importId, kind, state: 'waiting', by: 'olga', fileName: 'x.csv', createdAt }, audit)
  }
  return { ...ports, ports, start, importers: { entries: importEntries, results: importResults } }
}
