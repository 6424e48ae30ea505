import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { entriesCsv } from '../../infra/local/sample-data/csv.ts'
import { generateEntries } from '../../infra/local/sample-data/generate.ts'
import { startTables } from '../support/dynamodb.ts'
import { type Comparison, compare } from './measure.ts'

interface Taken {
  readonly rows: number
  readonly cpuSeconds: number
  readonly seconds: number
  readonly peakMebibytes: number
}

const run = promisify(execFile)
const million = 1_000_000

/**
 * The import of entries compared with a naive baseline: csv-parse and one put per row. Each run is a separate process;
 * only the importer's CPU is counted, not the endpoint's.
 */
export const importRows = async (): Promise<Comparison[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-import-'))
  const endpoint = spawn(process.execPath, ['test/bench/import/answering-endpoint.ts'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [port] = (await once(endpoint.stdout, 'data')) as [Buffer]
    const url = `http://127.0.0.1:${String(port).trim()}`
    const files = new Map<number, string>()
    for (const rows of [million, 100_000, 20_000]) files.set(rows, await writeFile(folder, rows))
    const take = (way: string, rows: number, at = { url, table: 'bench' }) => importOnce(way, files.get(rows) ?? '', at)
    return [
      ...(await beside(take)),
      ...(await atFullSize(take)),
      ...(await onTheEngine((way, at) => take(way, 20_000, at))),
    ]
  } finally {
    endpoint.stdin.end()
    await rm(folder, { recursive: true, force: true })
  }
}

type Take = (way: string, rows: number) => Promise<Taken>
const perCpuSecond = ({ rows, cpuSeconds }: Taken) => rows / cpuSeconds

const beside = async (take: Take) => [
  await compare(
    'import of entries',
    'rows per CPU second',
    3,
    ['100,000 rows as deployed', async () => perCpuSecond(await take('by-batches', 100_000))],
    ['20,000 rows with csv-parse and one PutItem each', async () => perCpuSecond(await take('one-by-one', 20_000))],
    'against an endpoint that answers immediately; ours reads the file twice, compares and hashes it; S3 is a file on disk',
  ),
]

const atFullSize = async (take: Take): Promise<Comparison[]> => {
  const [large, small] = [await take('by-batches', million), await take('by-batches', 100_000)]
  const once = (name: string, value: number) => ({ name, median: value, range: [value, value] as const, samples: 1 })
  const line = (what: string, unit: string, of: (taken: Taken) => number, note: string): Comparison => ({
    ...{ what, unit, note },
    ours: once('1,000,000 rows', of(large)),
    other: once('100,000 rows', of(small)),
    ratio: of(large) / of(small),
  })
  return [
    line(
      'import of a million entries',
      'rows per CPU second',
      perCpuSecond,
      `one run each; ${Math.round(large.seconds)} s of wall-clock time on the shared machine`,
    ),
    line(
      'import of a million entries, peak memory',
      'MiB above the idle process',
      ({ peakMebibytes }) => peakMebibytes,
      '16 of them to find duplicate IDs',
    ),
  ]
}

const onTheEngine = async (take: (way: string, at: { url: string; table: string }) => Promise<Taken>) => {
  const fresh = async (way: string) => {
    const tables = await startTables()
    try {
      const taken = await take(way, { url: tables.endpoint, table: tables.tableNames.entries })
      return taken.rows / taken.seconds
    } finally {
      await tables.stop()
    }
  }
  return [
    await compare(
      'import of 20,000 entries into DynamoDB Local',
      'rows a second',
      2,
      ['as deployed', () => fresh('by-batches')],
      ['with csv-parse and one PutItem each', () => fresh('one-by-one')],
      'wall-clock time; both share the machine with the engine',
    ),
  ]
}

const importOnce = async (
  way: string,
  file: string,
  { url, table }: { url: string; table: string },
): Promise<Taken> => {
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    'test/bench/import/import-once.ts',
    way,
    file,
    url,
    table,
  ])
  return JSON.parse(stdout) as Taken
}

/** In chunks, as a million candidates at once would distort the measured memory. */
const writeFile = async (folder: string, count: number): Promise<string> => {
  const path = join(folder, `${count}.csv`)
  await pipeline(Readable.from(pieces(count)), createWriteStream(path))
  return path
}

const pieces = function* (count: number) {
  const entries = generateEntries({ seed: 5, count, today: '2026-11-21' })
  const [header] = entriesCsv([]).split('\n')
  yield `${header}\n`
  for (let from = 0; from < count; from += 1_000)
    yield entriesCsv(entries.slice(from, from + 1_000)).replace(/^.*\n/, '')
}
