import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { EmbargoFacts } from '../../domain/embargo.ts'
import { second } from '../../domain/time.ts'
import type { ReleaseStates } from '../../ports/release-states.ts'
import { jitteredPause } from '../node/pause.ts'

type Facts = Pick<EmbargoFacts, 'release' | 'opening'>

const keptFor = 2 * second

/** A throttled key comes back unread, and the SDK does not ask again. */
const throttlePauses = [50, 200, 500]

/**
 * Both tables in one call. Kept for two seconds by a clock that nobody can set, so that a crowd asking for one session
 * on results morning does not ask its one item each time.
 */
export const dynamoReleaseStates = (
  client: DynamoDBDocumentClient,
  tables: { readonly releases: string; readonly openings: string },
  monotonicNow: () => number = () => performance.now(),
): ReleaseStates => {
  const kept = new Map<string, { readonly facts: Promise<Facts>; readonly until: number }>()

  const read = async (session: string, [milliseconds, ...rest] = throttlePauses): Promise<Facts> => {
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
        release: Responses[tables.releases]?.[0] as Facts['release'],
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
      const known = kept.get(session)
      if (known && now < known.until) return known.facts
      for (const [other, { until }] of kept) if (now >= until) kept.delete(other)
      const facts = read(session).catch((error: unknown) => {
        kept.delete(session)
        throw error
      })
      kept.set(session, { facts, until: now + keptFor })
      return facts
    },
  }
}
