import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { sampleCentres } from '../infra/local/sample-data/centres.ts'
import { centresCsv, entriesCsv, resultsCsv } from '../infra/local/sample-data/csv.ts'
import { generateEntries, generateResults, localRecipe } from '../infra/local/sample-data/generate.ts'
import { resolveFromCwd } from './resolve-from-cwd.ts'

const wholeNumber = (text: string): number => {
  if (/^\d{1,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number.')
}

const command = new Command('sample-data')
  .description(
    'Writes entries.csv, results.csv and centres.csv with invented candidates and centres; the same seed gives the same files.',
  )
  .option('--candidates <number>', 'how many', wholeNumber, localRecipe.count)
  .option('--seed <number>', 'which ones', wholeNumber, localRecipe.seed)
  .option('--today <date>', 'exams were taken in the weeks before this date', localRecipe.today)
  .option('--out <folder>', 'where to', '.')
  .parse()

const { candidates, seed, today, out } = command.opts<{
  candidates: number
  seed: number
  today: string
  out: string
}>()
if (Number.isNaN(Date.parse(today))) command.error('--today takes a date such as 2026-11-21')

const entries = generateEntries({ seed, count: candidates, today })
const folder = resolveFromCwd(out)
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'centres.csv'), centresCsv(sampleCentres))
await writeFile(join(folder, 'entries.csv'), entriesCsv(entries))
await writeFile(join(folder, 'results.csv'), resultsCsv(generateResults(entries)))
process.stdout.write(
  `${candidates} candidates: ${['entries', 'results', 'centres'].map((kind) => join(out, `${kind}.csv`)).join(', ')}\n`,
)
