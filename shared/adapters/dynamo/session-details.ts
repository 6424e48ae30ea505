import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { mapInChunks } from '../../domain/chunks.ts'
import type { SessionDetails } from '../../ports/session-details.ts'
import { batchGet, maxKeys } from './batch-get.ts'
import { dynamoEntriesFacts } from './entries-facts.ts'

type Item = Record<string, unknown>

/** Calls in flight at once, for each of the shards that are counted at the same time. */
const callsAtOnce = 4

/** Grades and countries, in calls of a hundred keys each. */
export const dynamoSessionDetails = (
  client: DynamoDBDocumentClient,
  tables: { readonly entries: string; readonly results: string; readonly centres: string },
): SessionDetails => {
  const read = async <Found>(table: string, keys: readonly Item[], attributes: readonly string[]): Promise<Found[]> => {
    const groups = Array.from({ length: Math.ceil(keys.length / maxKeys) }, (_, index) =>
      keys.slice(index * maxKeys, (index + 1) * maxKeys),
    )
    const found = await mapInChunks(groups, callsAtOnce, async (group) => {
      const { [table]: items = [] } = await batchGet(client, { [table]: { keys: group, attributes } })
      return items as Found[]
    })
    return found.flat()
  }
  return {
    factsOf: (session) => dynamoEntriesFacts(client, tables.entries).factsOf(session),
    async payloads(results) {
      const keys = results.map(({ idNumber, version }) => ({ idNumber, version }))
      const found = await read<{ payload: never }>(tables.results, keys, ['payload'])
      return found.map(({ payload }) => payload)
    },
    async countriesOf(centreNumbers) {
      const keys = centreNumbers.map((centreNumber) => ({ centreNumber }))
      const found = await read<{ country: string }>(tables.centres, keys, ['country'])
      return found.map(({ country }) => country)
    },
  }
}
