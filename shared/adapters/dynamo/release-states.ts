import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { EmbargoFacts } from '../../domain/embargo.ts'
import type { Release } from '../../domain/release.ts'
import { second } from '../../domain/time.ts'
import type { ReleaseStates } from '../../ports/release-states.ts'
import { jitteredPause } from '../node/pause.ts'

type Facts = Pick<EmbargoFacts, 'release' | 'opening'>
type Read = Facts & { readonly release: Pick<Release, 'releaseId' | 'state' | 'releaseAt'> | undefined }

const keptFor = 2 * second
/** From a release's instant until it is seen to be open: the moment for which everybody waits. */
const keptWhenDue = 200

/** A throttled key comes back unread, and the SDK does not ask again. */
const throttlePauses = [50, 200, 500]

/**
 * Both tables in one call. Kept for two seconds, so that a crowd asking for one session on results morning does not ask
 * its one item each time; less while an opening is due. The clock has to be monotonic to be trusted with that, and the
 * wall clock must not have been set in between.
 */
export const dynamoReleaseStates = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly openings: string },
  { monotonicNow, wallNow }: { readonly monotonicNow: () => number; readonly wallNow: () => number } = {
    monotonicNow: () => performance.now(),
    wallNow: () => Date.now(),
  },
): ReleaseStates => {
  const kept = new Map<string, { readonly facts: Promise<Read>; readonly wall: number; until: number }>()

  const read = async (session: string, [milliseconds, ...rest] = throttlePauses): Promise<Read> => {
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetCommand({
        RequestItems: {
          [tables.releases]: { Keys: [{ session }], ConsistentRead: true },
          [tables.openings]: { Keys: [{ session }], ConsistentRead: true },
        },
      }),
    )
    if (Object.keys(UnprocessedKeys).length === 0) {
      return {
        release: Responses[tables.releases]?.[0] as Read['release'],
        opening: Responses[tables.openings]?.[0] as Facts['opening'],
      }
    }
    if (milliseconds === undefined) throw new Error('the state of a release could not be read')
    await jitteredPause(milliseconds)
    return read(session, rest)
  }

  return {
    of(session) {
      const now = monotonicNow()
      const wall = wallNow()
      const known = kept.get(session)
      if (known && now < known.until && Math.abs(wall - known.wall) < keptFor) return known.facts
      for (const [other, { until }] of kept) if (now >= until) kept.delete(other)
      const facts = read(session).catch((error: unknown) => {
        kept.delete(session)
        throw error
      })
      const entry = { facts, wall, until: now + keptFor }
      kept.set(session, entry)
      facts.then(
        ({ release }) => {
          const isDue = release?.state === 'approved' && release.releaseAt <= wall
          if (isDue) entry.until = now + keptWhenDue
        },
        () => {},
      )
      return facts
    },
  }
}
