import { randomUUID } from 'node:crypto'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { importEntries } from '../../../functions/imports/import-entries/import-entries.ts'
import { importResults } from '../../../functions/imports/import-results/import-results.ts'
import { dynamoEntriesFacts } from '../../../shared/adapters/dynamo/entries-facts.ts'
import { dynamoImportedEntries } from '../../../shared/adapters/dynamo/imported-entries.ts'
import { dynamoImports } from '../../../shared/adapters/dynamo/imports.ts'
import { dynamoAgreements } from '../../../shared/adapters/dynamo/releases.ts'
import { dynamoResultHistory } from '../../../shared/adapters/dynamo/result-history.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import type { TestTables } from '../dynamodb.ts'
import { inMemoryImportFiles } from '../in-memory/import-files.ts'

/** The importers of entries and results over real tables; the bucket is a map. */
export const importOnEngine = ({ client, tableNames }: TestTables) => {
  const files = inMemoryImportFiles()
  const imports = dynamoImports(client, tableNames)
  const entries = dynamoImportedEntries(client, tableNames.entries)
  const results = dynamoResultHistory(client, tableNames.results)
  const kinds = new Map<string, 'entries' | 'results'>()
  const messages: string[] = []
  const outcomes: string[] = []
  const ports = {
    ...{ files, reports: files, imports, clock: systemClock, newDigest: sha256, newId: randomUUID },
    queue: { again: async ({ importId }: { readonly importId: string }) => void messages.push(importId) },
    keyedHash: async (text: string) => text,
    newSeal: async () => ({ encryptedKey: new Uint8Array([1]), seal: (_: string, secret: string) => secret }),
    pause: (milliseconds: number) => jitteredPause(milliseconds / 20),
  }

  /** One invocation, which times out after so many pages. */
  const invoke = async (importId: string, pages: number) => {
    let written = 0
    const counted: typeof entries.addAll = (rows) => {
      written++
      return entries.addAll(rows)
    }
    const limit = { remainingMilliseconds: () => (written >= pages ? 0 : 600_000) }
    const done =
      kinds.get(importId) === 'results'
        ? await importResults({
            ...{ ...ports, results, entriesFacts: dynamoEntriesFacts(client, tableNames.entries) },
            releases: dynamoAgreements(client, tableNames),
          })({ importId }, limit)
        : await importEntries({ ...ports, entries: { ...entries, addAll: counted } })({ importId }, limit)
    outcomes.push(done.outcome)
  }

  return {
    outcomes,
    report: files.reportOf,
    async put(importId: string, content: string, kind: 'entries' | 'results' = 'entries') {
      const createdAt = systemClock.now()
      const audit = { subject: `import/${importId}`, at: createdAt, id: importId, by: 'olga', action: '', details: {} }
      await imports.create({ importId, kind, state: 'waiting', by: 'olga', fileName: 'x.csv', createdAt }, audit)
      files.put(importId, content)
      kinds.set(importId, kind)
      messages.push(importId)
    },
    /** Runs two invocations concurrently, as deployed, until no message is left. */
    async run(pages: number) {
      const worker = async () => {
        for (let importId = messages.shift(); importId; importId = messages.shift()) await invoke(importId, pages)
      }
      while (messages.length > 0) await Promise.all([worker(), worker()])
    },
    newest: results.newest,
    async stored() {
      const rows = new Map<string, { givenName: string; fencingToken: number }>()
      let ExclusiveStartKey: Record<string, unknown> | undefined
      do {
        const page = await client.send(new ScanCommand({ TableName: tableNames.entries, ExclusiveStartKey }))
        for (const { idNumber, givenName, fencingToken } of page.Items ?? [])
          rows.set(idNumber, { givenName, fencingToken })
        ExclusiveStartKey = page.LastEvaluatedKey
      } while (ExclusiveStartKey)
      return rows
    },
  }
}
