import { readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { coldStart } from './cold-start.ts'
import { importRows } from './import-rows.ts'
import { logInRequest } from './log-in-request.ts'
import { logInVsBetterAuth } from './log-in-vs-better-auth.ts'
import type { Comparison, Measured } from './measure.ts'
import { resultMails } from './result-mails.ts'
import { resultMailsAtSize } from './result-mails-at-size.ts'

type Section = () => Promise<readonly Comparison[]>

const sections: Readonly<Record<string, Section>> = {
  'cold-start': coldStart,
  'log-in-request': logInRequest,
  'log-in-vs-better-auth': logInVsBetterAuth,
  'import-rows': importRows,
  'result-mails': resultMails,
  'result-mails-at-size': resultMailsAtSize,
}

interface Line extends Comparison {
  readonly section: string
}

/**
 * Runs every benchmark one after the other, or those that are named, and writes `docs/benchmarks.{md,json}`: both
 * variants of a line are always of one run, and lines of sections that were not run stay as they were.
 */
const named = process.argv.slice(2)
const unknown = named.filter((name) => !(name in sections))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; choose from ${Object.keys(sections).join(', ')}.`)
  process.exit(2)
}
const before = JSON.parse(readFileSync('docs/benchmarks.json', 'utf8')) as { readonly comparisons: readonly Line[] }
const comparisons: Line[] = []
for (const [section, measure] of Object.entries(sections)) {
  const isWanted = named.length === 0 || named.includes(section)
  if (isWanted) comparisons.push(...(await measure()).map((comparison) => ({ section, ...comparison })))
  else comparisons.push(...before.comparisons.filter((line) => line.section === section))
}

const figure = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3))
const cell = ({ name, median, range: [low, high], samples }: Measured): string =>
  samples > 1
    ? `${name}: ${figure(median)} (${figure(low)}–${figure(high)}, n=${samples})`
    : `${name}: ${figure(median)}`

const rows = comparisons.map(
  ({ what, unit, ours, other, ratio, note }) =>
    `| ${what} | ${unit} | ${cell(ours)} | ${cell(other)} | **${ratio.toFixed(2)}** | ${note ?? ''} |`,
)

const machine = `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`
writeFileSync(
  'docs/benchmarks.md',
  `# Benchmarks

Written by \`npm run bench\`. Machines are shared and noisy, so only the ratios count: both variants in a row were
measured alternately in one run (median, lowest–highest, number of samples). Measured on ${machine}.

| what | unit | ours | baseline | ours ÷ baseline | note |
|---|---|---|---|---|---|
${rows.join('\n')}
`,
)
writeFileSync('docs/benchmarks.json', `${JSON.stringify({ machine, comparisons }, undefined, 2)}\n`)
process.stdout.write(`${rows.join('\n')}\n`)
