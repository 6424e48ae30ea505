import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams'

/** A table change in the format of Lambda's stream event. */
export interface LambdaStreamRecord {
  readonly eventID: string
  readonly eventName: string
  readonly eventVersion: string
  readonly eventSource: 'aws:dynamodb'
  readonly eventSourceARN: string
  readonly awsRegion: string
  readonly dynamodb: { readonly Keys: unknown; readonly SequenceNumber: string; readonly [part: string]: unknown }
}

export const lambdaRecord = (
  { eventID = '', eventName, dynamodb = {} }: StreamRecord,
  context: { readonly streamArn: string; readonly region: string; readonly now: number },
): LambdaStreamRecord => {
  const { Keys, NewImage, OldImage, SequenceNumber = '', SizeBytes, StreamViewType } = dynamodb
  return {
    eventID,
    eventName: eventName ?? '',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    eventSourceARN: context.streamArn,
    awsRegion: context.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(context.now / 1_000),
      Keys: withBase64(Keys),
      ...(NewImage && { NewImage: withBase64(NewImage) }),
      ...(OldImage && { OldImage: withBase64(OldImage) }),
      SequenceNumber,
      SizeBytes,
      StreamViewType,
    },
  }
}

/** Marks deletions by TTL; DynamoDB Local expires items by the system clock, not by the local clock. */
export const isExpiry = ({ eventName, userIdentity }: StreamRecord): boolean =>
  eventName === 'REMOVE' && userIdentity?.PrincipalId === 'dynamodb.amazonaws.com'

/** Binary values are base64 in an event. */
const withBase64 = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(withBase64)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withBase64(part)]))
}
