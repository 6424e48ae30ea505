import type { ImportProgress } from '../domain/import.ts'
import { later, minute, second } from '../domain/time.ts'
import type { ImportLease } from '../ports/imports.ts'
import type { ImportPorts } from './import-steps.ts'

/** Another attempt has acquired the lease. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Longer than any page takes, and short enough that a crash delays the next attempt by a minute only. */
const leaseDuration = minute
/** How often the lease is renewed, and progress recorded. */
const renewEvery = 10 * second
const noteEvery = 2 * second

/** How long an attempt waits for the lease before it hands the file back to the queue. */
const maxWait = 20 * second

/** Waits for the lease; undefined if another import still holds it after `longest`. */
export const acquireLease = async (
  { imports, clock, pause, newId }: ImportPorts,
  { kind, importId }: Pick<ImportLease, 'kind' | 'importId'>,
  longest = maxWait,
): Promise<ImportLease | undefined> => {
  const attempt = newId()
  for (let waited = 0; waited <= longest; waited += second) {
    const now = clock.now()
    const lease = await imports.acquireLease({ kind, importId, attempt, until: later(now, leaseDuration) }, now)
    if (lease) return lease
    if (waited < longest) await pause(second)
  }
  return undefined
}

/** Renews the lease well before it expires and records the progress now and then; throws `LeaseLost`. */
export const leaseKeeper = ({ imports, clock }: ImportPorts, lease: ImportLease) => {
  let [renewedAt, notedAt] = [later(lease.until, -leaseDuration), later(lease.until, -leaseDuration)]
  return async (progress: ImportProgress): Promise<void> => {
    const now = clock.now()
    if (now - renewedAt >= renewEvery) {
      if ((await imports.renewLease({ ...lease, until: later(now, leaseDuration) })) === 'lost')
        throw new LeaseLost(lease.importId)
      renewedAt = now
    }
    if (now - notedAt >= noteEvery) {
      await imports.noteProgress(lease, progress)
      notedAt = now
    }
  }
}
