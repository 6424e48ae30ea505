import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb'

/** What the document client makes of an update. */
export const marshalled = (input: UpdateCommandInput | undefined): UpdateItemCommandInput => {
  const { Key, ExpressionAttributeValues, ...others } = input ?? { TableName: undefined, Key: {} }
  return {
    ...(others as Omit<UpdateItemCommandInput, 'Key'>),
    Key: marshalledItem(Key),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues: marshalledItem(ExpressionAttributeValues) }),
  }
}

export const marshalledItem = (item: Readonly<Record<string, unknown>> | undefined): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(item ?? {}).map(([name, value]) => [name, attributeOf(value)]))

const attributeOf = (value: unknown): AttributeValue => {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (value instanceof Set && [...value].every((member) => typeof member === 'string')) return { SS: [...value] }
  throw new Error(`the DynamoDB model does not know values like ${JSON.stringify(value)}`)
}
