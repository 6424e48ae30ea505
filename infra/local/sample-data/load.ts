import { setTimeout as sleep } from 'node:timers/promises'
import { applyImport } from '../../../shared/adapters/operations-api/apply-import.ts'
import { operationsApi } from '../../../shared/adapters/operations-api/operations-api.ts'
import type { ImportKind } from '../../../shared/contracts/messages.ts'
import { sampleCentres } from './centres.ts'
import { centresCsv, entriesCsv, resultsCsv } from './csv.ts'
import { generateEntries, generateResults, localRecipe, tourCandidate } from './generate.ts'

const loader = { accessKeyId: 'operator-sample-loader', secretAccessKey: 'local' }

/**
 * Imports the sample entries and results into the local run at this address, through the operators' routes, and prints
 * what to try with them. Loading them again changes nothing. Throws if the service refuses them.
 */
export const loadSampleData = async (url: string, { log }: { log: (line: string) => void }): Promise<void> => {
  const api = operationsApi(fetch, url, { region: 'eu-west-1', credentials: loader })
  const load = async (kind: ImportKind, csv: string) => {
    const file = { kind, fileName: `sample-${kind}.csv`, stage: 'dev', content: new Blob([csv]) }
    const { state, errors } = await applyImport(api, file, { sleep })
    if (state === 'applied') return
    const reasons = errors.slice(0, 3).map(({ line, column, reason }) => `line ${line}: ${column}: ${reason}`)
    throw new Error(`the sample ${kind} were refused:\n${reasons.join('\n')}`)
  }

  await load('centres', centresCsv(sampleCentres))
  const entries = generateEntries(localRecipe)
  await load('entries', entriesCsv(entries))
  await load('results', resultsCsv(generateResults(entries)))

  const { idNumber, secretNumber, session } = tourCandidate(entries)
  const ops = 'npm run -s ops --'
  log(`${entries.length} sample candidates and their results are loaded, none of them released. To try:`)
  log(`  register with   ID number ${idNumber}, Secret number ${secretNumber}`)
  log(`  candidates      ${url}/`)
  log(`  their mails     ${url}/mailbox`)
  log(`  plan a release  ${ops} release plan ${session} --at=INSTANT --local=${url} --as=olga`)
  log(`  approve it      ${ops} release approve ${session} --local=${url} --as=piet`)
  log('  The README has a complete tour to copy line by line.')
}
