import { differingTotals, sessionCount } from '../domain/control-totals.ts'
import type { ControlTotals, ImportRecord } from '../domain/import.ts'
import type { ImportFile } from '../ports/import-files.ts'
import { hashing } from './hashing.ts'
import { readImportPages } from './import-rows.ts'
import { type Attempt, pageConcurrency } from './import-steps.ts'
import { mapConcurrently } from './map-concurrently.ts'

/** What is read now is not what was found sound: nothing more is written, and the import does not end as applied. */
export class ControlTotalsDiffer extends Error {
  override readonly name = 'ControlTotalsDiffer'
}

/**
 * Writes the rows of a file that was found sound, going on where an earlier attempt had come to, and holds what it has
 * read against the control totals. `out-of-time` where another invocation has to go on.
 */
export const applyFile = async <Row, Stored>(
  { ports, turn, steps, goOn, hasTime }: Attempt<Row, Stored>,
  record: ImportRecord & { readonly totals: ControlTotals },
  file: ImportFile,
): Promise<'applied' | 'out-of-time'> => {
  const { sessions = [], totals } = record
  const before = record.progress?.phase === 'applying' ? record.progress.rows : 0
  const count = sessionCount()
  const { bytes, progress } = hashing(file, ports.newDigest())
  const so = (rows: number) => ({ phase: 'applying', rows, share: totals.rows > 0 ? rows / totals.rows : 1 }) as const

  // Before: nobody goes on with what was agreed to earlier. After: nobody has counted half a file meanwhile.
  await steps.announce(sessions)
  let read = 0
  const pages = mapConcurrently(
    readImportPages(bytes, steps.format),
    pageConcurrency,
    async ({ rows: located, rowCount, faults }) => {
      if (faults.length > 0) throw new ControlTotalsDiffer('a row that was sound is not any more')
      const rows = located.map(({ row }) => row)
      for (const row of rows) count.add(steps.sessionOf(row))
      read += rowCount
      const upTo = read
      if (upTo > before) await steps.apply(rows, await steps.find(rows))
      return upTo
    },
  )
  for await (const upTo of pages) {
    if (upTo <= before) continue
    await goOn(so(upTo))
    if (hasTime()) continue
    await ports.imports.noteProgress(turn, so(upTo))
    return 'out-of-time'
  }
  const second = { rows: count.rows(), sha256: progress.sha256(), sessions: Object.fromEntries(count.bySession()) }
  const differing = differingTotals(totals, second)
  if (differing.length > 0) throw new ControlTotalsDiffer(`the file is not what it was: ${differing.join(', ')}`)
  await steps.announce(sessions)
  return 'applied'
}
