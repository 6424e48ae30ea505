import type { PlannedRelease } from '../../shared/domain/release.ts'
import { type EpochMilliseconds, later, second } from '../../shared/domain/time.ts'
import type { Clock } from '../../shared/ports/clock.ts'
import type { ReleaseSchedules } from '../../shared/ports/releases.ts'

/** EventBridge Scheduler is precise to a minute, so schedules fire early and the releasing function waits. */
const firesEarlier = 90 * second
/** Minimum lead time of a schedule, whose instant must not be in the past when it is created. */
const schedulesAhead = 2 * second

/** The instant of the schedule of a release that was approved early enough. */
export const scheduledFor = ({ releaseAt }: Pick<PlannedRelease, 'releaseAt'>): EpochMilliseconds =>
  later(releaseAt, -firesEarlier)

/** Schedules an approved release for its instant, or for now if that has passed. Idempotent. */
export const scheduleRelease = async (
  { schedules, clock }: { readonly schedules: ReleaseSchedules; readonly clock: Pick<Clock, 'now'> },
  release: PlannedRelease,
): Promise<void> => {
  const earliest = later(clock.now(), schedulesAhead)
  const wanted = scheduledFor(release)
  await schedules.schedule(release, wanted > earliest ? wanted : earliest)
}
