import type { PlannedRelease } from '../../shared/domain/release.ts'
import { type EpochMilliseconds, later, second } from '../../shared/domain/time.ts'
import type { Clock } from '../../shared/ports/clock.ts'
import type { ReleaseSchedules } from '../../shared/ports/releases.ts'

/** A schedule is precise to a minute: it fires early, and the releasing function waits. */
const firesEarlier = 90 * second
/** Kept between now and a schedule's instant, which must not lie in the past when it is made. */
const schedulesAhead = 2 * second

/** When the schedule of a release that was approved in good time is set for. */
export const scheduledFor = ({ releaseAt }: Pick<PlannedRelease, 'releaseAt'>): EpochMilliseconds =>
  later(releaseAt, -firesEarlier)

/** Has an approved release opened at its instant, or at once if that has passed. Idempotent. */
export const scheduleRelease = async (
  { schedules, clock }: { readonly schedules: ReleaseSchedules; readonly clock: Pick<Clock, 'now'> },
  release: PlannedRelease,
): Promise<void> => {
  const earliest = later(clock.now(), schedulesAhead)
  const wanted = scheduledFor(release)
  await schedules.schedule(release, wanted > earliest ? wanted : earliest)
}
