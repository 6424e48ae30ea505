import { differingTotals, sessionCount } from '../domain/control-totals.ts'
import type { ControlTotals, ImportRecord } from '../domain/import.ts'
import type { ImportFile } from '../ports/import-files.ts'
import { hashing } from './hashing.ts'
import { readImportPages } from './import-rows.ts'
import { type Attempt, pageConcurrency } from './import-steps.ts'
import { mapConcurrently } from './map-concurrently.ts'

/** The file differs from the one that was compared: nothing more is written, and the import does not end as applied. */
export class ControlTotalsDiffer extends Error {
  override readonly name = 'ControlTotalsDiffer'
}

/**
 * Writes the rows of a file that was compared without faults, continues from the checkpoint of an earlier attempt, and
 * checks what it has read against the control totals. `out-of-time` if another invocation has to continue.
 */
export const applyFile = async <Row, Stored>(
  { ports, lease, steps, checkpoint, hasTime }: Attempt<Row, Stored>,
  record: ImportRecord & { readonly totals: ControlTotals },
  file: ImportFile,
): Promise<'applied' | 'out-of-time'> => {
  const { sessions = [], totals } = record
  const before = record.progress?.phase === 'applying' ? record.progress.rows : 0
  const count = sessionCount()
  const { bytes, progress } = hashing(file, ports.newDigest())
  const progressAt = (rows: number) =>
    ({ phase: 'applying', rows, share: totals.rows > 0 ? rows / totals.rows : 1 }) as const

  // Before: voids plans that counted the old rows. After: voids plans that counted half of the new ones.
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
    await checkpoint(progressAt(upTo))
    if (hasTime()) continue
    await ports.imports.noteProgress(lease, progressAt(upTo))
    return 'out-of-time'
  }
  const second = { rows: count.rows(), sha256: progress.sha256(), sessions: Object.fromEntries(count.bySession()) }
  const differing = differingTotals(totals, second)
  if (differing.length > 0) throw new ControlTotalsDiffer(`the file is not what it was: ${differing.join(', ')}`)
  await steps.announce(sessions)
  return 'applied'
}
