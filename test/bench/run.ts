import { writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { coldStart } from './cold-start.ts'
import { importRows } from './import-rows.ts'
import { logInBesideBetterAuth } from './log-in-beside-better-auth.ts'
import { logInRequest } from './log-in-request.ts'
import type { Comparison, Measured } from './measure.ts'
import { resultMails } from './result-mails.ts'
import { resultMailsAtSize } from './result-mails-at-size.ts'

/** Runs every benchmark one after the other and writes `docs/benchmarks.{md,json}`. */
const comparisons: Comparison[] = [
  ...(await coldStart()),
  ...(await logInRequest()),
  ...(await logInBesideBetterAuth()),
  ...(await importRows()),
  ...(await resultMails()),
  ...(await resultMailsAtSize()),
]

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

Written by \`npm run bench\`. Machines are shared and noisy, so only the ratios count: both variants of a line were
measured in turns within one run (median, lowest–highest, number of samples). Measured on ${machine}.

| what | unit | ours | beside | ours ÷ beside | note |
|---|---|---|---|---|---|
${rows.join('\n')}
`,
)
writeFileSync('docs/benchmarks.json', `${JSON.stringify({ machine, comparisons }, undefined, 2)}\n`)
process.stdout.write(`${rows.join('\n')}\n`)
