import { releaseTrigger } from '../../../shared/contracts/messages.ts'
import { describeFault } from '../../../shared/lambda/faults.ts'
import { createLog, type Log } from '../../../shared/lambda/logger.ts'
import { type TriggerFunction, triggerHandler } from '../../../shared/lambda/trigger.ts'
import { ReleaseBlocked, type ReleaseOutcome, type ReleaseSession, type SweepReleases } from './release-results.ts'

export interface ReleaseResultsUseCases {
  readonly releaseSession: ReleaseSession
  readonly sweepReleases: SweepReleases
}

export const releaseResultsHandler = (
  { releaseSession, sweepReleases }: ReleaseResultsUseCases,
  log: Log = createLog(),
): TriggerFunction =>
  triggerHandler(
    releaseTrigger,
    async (trigger) => {
      const fired =
        'sweep' in trigger ? await sweepReleases() : await Promise.allSettled([releaseSession(trigger)] as const)
      for (const settled of fired) {
        if (settled.status === 'fulfilled') tell(log, settled.value)
        else tellBlocked(log, settled.reason)
      }
      const blocked = fired.flatMap((settled) => (settled.status === 'rejected' ? [settled.reason] : []))
      // Fail the invocation, so that it is retried and the alarm fires.
      if (blocked.length > 0) throw new AggregateError(blocked, 'releases that are due did not happen')
    },
    { log },
  )

const tell = (log: Log, done: ReleaseOutcome) => {
  switch (done.outcome) {
    case 'released':
      return log.info('session released', { session: done.session, releaseId: done.releaseId })
    case 'corrected':
      return log.info('results corrected', { session: done.session, releaseId: done.releaseId })
    case 'already-released':
    case 'not-approved':
    case 'not-yet':
      return log.info('nothing to release', { session: done.session, reason: done.outcome })
  }
}

const tellBlocked = (log: Log, error: unknown) =>
  error instanceof ReleaseBlocked
    ? log.error('release blocked', { session: error.session, reason: error.reason })
    : log.error('release failed', describeFault(error))
