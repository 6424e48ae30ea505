import type { ImportEntriesPorts } from '../../../functions/imports/import-entries/import-entries.ts'
import type { ImportResultsPorts } from '../../../functions/imports/import-results/import-results.ts'
import { second } from '../../../shared/domain/time.ts'
import { entriesRowByRow, resultsRowByRow } from '../row-by-row.ts'
import type { importFixture } from './import-fixture.ts'

export type ImportFixture = ReturnType<typeof importFixture>
export type Ports = ImportEntriesPorts & ImportResultsPorts

/** Wraps a port, for example to inject a fault before each of its calls. */
type Wrap = <Port extends object>(port: Port) => Port

/** The wrapped ports of one attempt; rows are added one by one, each with its own delay. */
export const wrapped = ({ ports, clock }: ImportFixture, wrap: Wrap): Ports => {
  const [entries, results] = [wrap(ports.entries), wrap(ports.results)]
  const taking =
    <Parameters extends unknown[], Answer>(add: (...parameters: Parameters) => Answer) =>
    (...parameters: Parameters) => {
      clock.advance(0.05 * second)
      return add(...parameters)
    }
  return {
    ...ports,
    ...{
      imports: wrap(ports.imports),
      files: wrap(ports.files),
      reports: wrap(ports.reports),
      queue: wrap(ports.queue),
    },
    entries: { ...entries, addAll: entriesRowByRow(taking(entries.addAll)) },
    results: { ...results, addAll: resultsRowByRow(taking(results.addAll)) },
  }
}

const header = 'id_number,secret_number,given_name,family_name,exam,date_taken,mode,centre_number,session'

/** An entries file with so many rows, starting at a given number; all with the same given name. */
export const entriesFile = (count: number, { first = 0, name = 'Ana' } = {}): string =>
  [
    header,
    ...Array.from({ length: count }, (_, index) => {
      const id = `ID${String(first + index).padStart(6, '0')}`
      return `${id},S${first + index + 1000},${name},Example,b2-first,2026-11-14,digital,ES042,2026-11-b2-first-digital`
    }),
    '',
  ].join('\n')

/** A results file with so many rows, all with the same grade. */
export const resultsFile = (count: number, grade: string): string =>
  [
    'id_number,session,grade,overall_score,cefr_level',
    ...Array.from({ length: count }, (_, index) => `ID${String(index).padStart(6, '0')},2026-11-b2-first,${grade},,`),
    '',
  ].join('\n')

/** Redelivers an import's message, as its queue does, until a delivery completes and requests no continuation. */
export const deliverUntilDone = async (
  here: ImportFixture,
  kind: 'entries' | 'results',
  importId: string,
): Promise<void> => {
  for (let delivery = 0; delivery < 10; delivery++) {
    const done = await here.importers[kind](here.ports)({ importId }).catch((error: Error) => error)
    if (!(done instanceof Error) && done.outcome !== 'handed-on') return
    here.clock.advance(30 * second)
  }
  throw new Error(`the import ${importId} does not come to its end`)
}
