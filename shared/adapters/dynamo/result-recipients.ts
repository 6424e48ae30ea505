import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { maxBatchSize } from '../../domain/email-batch.ts'
import type { EmbargoFacts } from '../../domain/embargo.ts'
import type { ResultRecipients } from '../../ports/result-recipients.ts'
import { accountAttributes, addresseesOf, entryAttributes } from './addressees.ts'
import { batchGet } from './batch-get.ts'

/** All of it in one call: 49 accounts, 49 entries, release and opening are the 100 keys that DynamoDB reads at once. */
export const dynamoResultRecipients = (
  client: DynamoDBDocumentClient,
  tables: { readonly accounts: string; readonly entries: string; readonly releases: string; readonly openings: string },
): ResultRecipients => ({
  async read(session, idNumbers) {
    if (idNumbers.length > maxBatchSize) throw new Error(`${idNumbers.length} candidates are too many for one look`)
    const keys = idNumbers.map((idNumber) => ({ idNumber }))
    const found = await batchGet(client, {
      [tables.releases]: { keys: [{ session }], attributes: ['session', 'releaseId', 'state'] },
      [tables.openings]: { keys: [{ session }], attributes: ['session', 'releaseId', 'releasedAt'] },
      [tables.accounts]: { keys, attributes: accountAttributes },
      [tables.entries]: { keys, attributes: entryAttributes },
    })
    return {
      release: found[tables.releases]?.[0] as EmbargoFacts['release'],
      opening: found[tables.openings]?.[0] as EmbargoFacts['opening'],
      addressees: addresseesOf(found[tables.accounts], found[tables.entries]),
    }
  },
})
