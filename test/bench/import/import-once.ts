import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { importByBatches, importOneByOne } from './importers.ts'

/** Imports one file in this process, by one of two ways, and prints what it took. `node import-once.ts WAY FILE ENDPOINT TABLE` */
const [, , way = '', file = '', endpoint = '', table = ''] = process.argv
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  }),
  { marshallOptions: { removeUndefinedValues: true } },
)
const { size } = await stat(file)
const open = () => createReadStream(file)
const importers: Readonly<Record<string, () => Promise<number>>> = {
  'by-batches': () => importByBatches(client, table, { open, size }),
  'one-by-one': () => importOneByOne(client, table, open),
}

globalThis.gc?.()
const idle = process.memoryUsage().rss
const before = process.cpuUsage()
const began = performance.now()
const rows = await importers[way]?.()
const { user, system } = process.cpuUsage(before)
const peak = process.resourceUsage().maxRSS * 1024
process.stdout.write(
  JSON.stringify({
    rows,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - began) / 1000,
    peakMebibytes: (peak - idle) / 2 ** 20,
  }),
)
