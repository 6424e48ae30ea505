import { BatchGetCommand, type BatchGetCommandInput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Pause } from '../../ports/pause.ts'
import { jitteredPause } from '../node/pause.ts'

type Item = Record<string, unknown>
type Requests = NonNullable<BatchGetCommandInput['RequestItems']>

/** Keys that DynamoDB takes in one call, over all tables. */
export const maxKeys = 100

const maxPause = 2_000
const maxCalls = 12

/**
 * Reads up to 100 items in one call, strongly consistent, asking again for what DynamoDB left out. Items by table, whole
 * where no attributes are named.
 */
export const batchGet = async (
  client: DynamoDBDocumentClient,
  keysByTable: Readonly<Record<string, { readonly keys: readonly Item[]; readonly attributes?: readonly string[] }>>,
  pause: Pause = jitteredPause,
): Promise<Record<string, Item[]>> => {
  const found: Record<string, Item[]> = {}
  let wanted: Requests = requestsOf(keysByTable)
  for (let call = 0; Object.keys(wanted).length > 0; call++) {
    if (call === maxCalls) throw new Error('DynamoDB left keys of a batch unread')
    if (call > 0) await pause(Math.min(50 * 2 ** call, maxPause))
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(new BatchGetCommand({ RequestItems: wanted }))
    for (const [table, items] of Object.entries(Responses)) found[table] = [...(found[table] ?? []), ...items]
    wanted = UnprocessedKeys
  }
  return found
}

const requestsOf = (keysByTable: Parameters<typeof batchGet>[1]): Requests =>
  Object.fromEntries(
    Object.entries(keysByTable)
      .filter(([, { keys }]) => keys.length > 0)
      .map(([table, { keys, attributes }]) => [
        table,
        {
          Keys: [...keys],
          ConsistentRead: true,
          ...(attributes && {
            ProjectionExpression: attributes.map((_, index) => `#a${index}`).join(', '),
            ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#a${index}`, name])),
          }),
        },
      ]),
  )
