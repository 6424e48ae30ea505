import './check-node.mjs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { faultProfiles } from '../infra/local/seeded-faults.ts'
import { StartUpError } from '../infra/local/start-up-error.ts'
import { type RehearsalReport, rehearse } from './results-day/rehearse.ts'

/** The rehearsal of a results day on this machine: `npm run results-day`. Exit status 0 only if every promise held. */
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
      'Rehearses a results day on this machine: imports, registrations, a release by two people, a storm of log-ins, and everybody’s mail, with every promise checked at the mail endpoint.',
    )
    .option('--candidates <number>', 'how many', wholeNumber(50), 1_000)
    .option('--rate <number>', 'mails a second that SES allows', wholeNumber(1), 500)
    .addOption(
      new Option('--faults <which>', 'what goes wrong: throttles, lost answers, crashes, repetitions')
        .choices(Object.keys(faultProfiles))
        .default('none'),
    )
    .option('--seed <number>', 'decides candidates and faults', wholeNumber(0), 1)
    .option('--json', 'one line of JSON alone on standard output; all else on standard error')
    .exitOverride()
    .parse()
    .opts<Options>()

const run = async ({ candidates, rate, faults, seed, json }: Options): Promise<number> => {
  const tell = (line: string) => (json ? console.error(line) : console.log(line))
  tell(`Rehearsing a results day: ${candidates} candidates, ${rate} mails a second, faults: ${faults}, seed ${seed}.`)
  const { counts, promises } = await rehearse({ candidates, rate, seed, faults: faultProfiles[faults], tell })
  for (const line of told(promises)) tell(line)
  console.log(JSON.stringify(counts))
  return promises.every(({ held }) => held) ? 0 : 1
}

const told = (promises: RehearsalReport['promises']): readonly string[] => {
  const broken = promises.filter(({ held }) => !held).length
  return [
    '',
    ...promises.map(({ promise, held, told: what }) => `${held ? '✓' : '✗'} ${promise} (${what})`),
    '',
    broken === 0 ? 'Every promise held.' : `${broken} promises were broken.`,
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
