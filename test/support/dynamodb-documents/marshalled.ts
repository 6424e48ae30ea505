import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Document } from './documents.ts'

/** An item as errors carry it: the document client leaves it as DynamoDB writes it. */
export const marshalledDocument = (document: Document): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(document).map(([name, value]) => [name, attributeOf(value)]))

const attributeOf = (value: unknown): AttributeValue => {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value === null) return { NULL: true }
  if (value instanceof Uint8Array) return { B: value }
  if (value instanceof Set) return { SS: [...value].map(String) }
  if (Array.isArray(value)) return { L: value.map(attributeOf) }
  return { M: marshalledDocument(value as Document) }
}
