import './check-node.mjs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { faultProfiles } from '../infra/local/seeded-faults.ts'
import { StartUpError } from '../infra/local/start-up-error.ts'
import { type RehearsalReport, rehearse } from './results-day/rehearse.ts'

/** The rehearsal of a results day on this machine: `npm run results-day`. Exit status 0 only if every guarantee held. */
const wholeNumber = (least: number) => (text: string) => {
  if (/^\d{1,8}$/.test(text) && Number(text) >= least) return Number(text)
  throw new InvalidArgumentError(`Expected a whole number, ${least} or more.`)
}

interface Options {
  readonly candidates: number
  readonly rate: number
  readonly faults: keyof typeof faultProfiles
  readonly seed: number
  readonly json?: true
}

const readCommandLine = (): Options =>
  new Command('results-day')
    .description(
      'Rehearses a results day on this machine: imports, registrations, a release approved by a second person, a burst of log-ins and the result mails. Every guarantee is checked against the mails that the local SES received.',
    )
    .option('--candidates <number>', 'number of candidates', wholeNumber(1), 1_000)
    .option('--rate <number>', 'send rate of the local SES, in mails per second', wholeNumber(1), 500)
    .addOption(
      new Option('--faults <which>', 'faults to inject: throttling, lost responses, crashes, duplicate deliveries')
        .choices(Object.keys(faultProfiles))
        .default('none'),
    )
    .option('--seed <number>', 'seed for the candidates and the faults', wholeNumber(0), 1)
    .option('--json', 'only one line of JSON on standard output; everything else on standard error')
    .exitOverride()
    .parse()
    .opts<Options>()

const run = async ({ candidates, rate, faults, seed, json }: Options): Promise<number> => {
  const log = (line: string) => (json ? console.error(line) : console.log(line))
  log(`Rehearsing a results day: ${candidates} candidates, ${rate} mails a second, faults: ${faults}, seed ${seed}.`)
  const { counts, guarantees } = await rehearse({ candidates, rate, seed, faults: faultProfiles[faults], log })
  for (const line of summaryOf(guarantees)) log(line)
  console.log(JSON.stringify(counts))
  return guarantees.every(({ held }) => held) ? 0 : 1
}

const summaryOf = (guarantees: RehearsalReport['guarantees']): readonly string[] => {
  const broken = guarantees.filter(({ held }) => !held).length
  return [
    '',
    ...guarantees.map(({ guarantee, held, evidence }) => `${held ? '✓' : '✗'} ${guarantee} (${evidence})`),
    '',
    broken === 0 ? 'Every guarantee held.' : `${broken} guarantees were violated.`,
  ]
}

try {
  process.exitCode = await run(readCommandLine())
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    console.error(error instanceof StartUpError ? error.message : error)
    process.exitCode = 1
  }
}
process.exit()
