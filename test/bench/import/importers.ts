import { createSecretKey, randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { parse } from 'csv-parse'
import { importEntries } from '../../../functions/imports/import-entries/import-entries.ts'
import { dynamoImportedEntries } from '../../../shared/adapters/dynamo/imported-entries.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { sha256 } from '../../../shared/adapters/node/digests.ts'
import { hmacKeyedHash } from '../../../shared/adapters/node/keyed-hash.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { sealSecretNumber } from '../../../shared/adapters/node/secret-number-cipher.ts'
import { sessionShardOf } from '../../../shared/domain/identifiers.ts'
import { secretNumberText } from '../../../shared/domain/secret-number.ts'
import { inMemoryImportFiles } from '../../support/in-memory/import-files.ts'
import { inMemoryImportQueue } from '../../support/in-memory/import-queue.ts'
import { inMemoryImports } from '../../support/in-memory/imports.ts'

const keyedHash = hmacKeyedHash(async () => 'bench')
const keyBytes = randomBytes(32)
const dataKey = createSecretKey(keyBytes)

/** The deployed importer and adapters for tables, hashes and ciphers; the bucket is a file, the import row a map. */
export const importByBatches = async (
  client: DynamoDBDocumentClient,
  table: string,
  { open, size }: { readonly open: () => Readable; readonly size: number },
): Promise<number> => {
  const [imports, files] = [inMemoryImports(), inMemoryImportFiles()]
  const createdAt = systemClock.now()
  const audit = { subject: 'import/bench', at: createdAt, id: 'bench', by: 'bench', action: 'bench', details: {} }
  await imports.create(
    { importId: 'bench', kind: 'entries', state: 'waiting', by: 'bench', fileName: 'bench.csv', createdAt },
    audit,
  )
  const done = await importEntries({
    ...{ imports, reports: files, queue: inMemoryImportQueue(), keyedHash, newDigest: sha256 },
    files: { ...files, open: async () => ({ version: 'one', size, bytes: open() }) },
    entries: dynamoImportedEntries(client, table),
    newSeal: async () => ({
      encryptedKey: keyBytes,
      seal: (idNumber, secretNumber) => sealSecretNumber(dataKey, idNumber, secretNumber),
    }),
    clock: systemClock,
    pause: jitteredPause,
    newId: () => 'attempt',
  })({ importId: 'bench' })
  if (done.outcome !== 'applied')
    throw new Error(`${done.outcome}: ${JSON.stringify(files.reportOf('bench')?.errors[0])}`)
  return done.rows
}

/** Writes in flight at once. */
const writeConcurrency = 25

/** The naive baseline: csv-parse, and a conditional put for each row; the same items, without comparison. */
export const importOneByOne = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  open: () => Readable,
): Promise<number> => {
  let rows = 0
  const underWay = new Set<Promise<unknown>>()
  for await (const row of open().pipe(parse({ columns: true, bom: true })) as AsyncIterable<Record<string, string>>) {
    rows++
    const write = put(client, TableName, row).finally(() => underWay.delete(write))
    underWay.add(write)
    if (underWay.size >= writeConcurrency) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  return rows
}

const put = async (client: DynamoDBDocumentClient, TableName: string, row: Record<string, string>) => {
  const { id_number: idNumber = '', secret_number: secretNumber = '', session = '' } = row
  const Item = {
    ...{ idNumber, session, exam: row.exam, dateTaken: row.date_taken, mode: row.mode, fencingToken: 1 },
    ...{ centreNumber: row.centre_number, givenName: row.given_name, familyName: row.family_name },
    secretHash: await keyedHash(secretNumberText(idNumber, secretNumber)),
    sessionShard: sessionShardOf(session, idNumber),
    secretNumberKey: 'bench/attempt',
    secretNumberCiphertext: sealSecretNumber(dataKey, idNumber, secretNumber),
  }
  await client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(idNumber)' }))
}
