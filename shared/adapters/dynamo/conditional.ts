import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'

/** Does one conditional write; `refused`, with the old item where the write asked for it, if its condition failed. */
export const conditional = async (
  write: () => Promise<unknown>,
): Promise<{ outcome: 'written' } | { outcome: 'refused'; old: ConditionalCheckFailedException['Item'] }> => {
  try {
    await write()
    return { outcome: 'written' }
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { outcome: 'refused', old: error.Item }
    throw error
  }
}
