import { setTimeout as sleep } from 'node:timers/promises'
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams'

/** A position in a stream: the last record that was read. */
export interface StreamPosition {
  readonly shardId: string
  readonly sequenceNumber: string
}

export interface ReadRecord {
  readonly record: StreamRecord
  readonly position: StreamPosition
}

const idleMilliseconds = 100

/** Yields the records of a stream in order, shard by shard, from a position or from the oldest record, until aborted. */
export async function* readStream(
  client: DynamoDBStreamsClient,
  streamArn: string,
  from: StreamPosition | undefined,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord> {
  let last = from
  for (;;) {
    const shards = await shardsOf(client, streamArn)
    const known = shards.findIndex(({ ShardId }) => ShardId === last?.shardId)
    for (const { ShardId: shardId = '' } of shards.slice(Math.max(known, 0))) {
      const after = last?.shardId === shardId ? last.sequenceNumber : undefined
      for await (const record of readShard(client, streamArn, { shardId, after }, signal)) {
        last = { shardId, sequenceNumber: record.dynamodb?.SequenceNumber ?? '' }
        yield { record, position: last }
      }
    }
    await sleep(idleMilliseconds, undefined, { signal })
  }
}

async function* readShard(
  client: DynamoDBStreamsClient,
  streamArn: string,
  { shardId, after }: { readonly shardId: string; readonly after: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<StreamRecord> {
  let last = after
  let iterator = await iteratorAfter(client, streamArn, shardId, last)
  while (iterator) {
    signal.throwIfAborted()
    const read = await recordsAt(client, iterator)
    if (read === 'iterator-lost') {
      iterator = await iteratorAfter(client, streamArn, shardId, last)
    } else {
      for (const record of read.records) {
        last = record.dynamodb?.SequenceNumber ?? last
        yield record
      }
      iterator = read.next
      if (read.records.length > 0) continue
    }
    if (iterator) await sleep(idleMilliseconds, undefined, { signal })
  }
}

const iteratorAfter = async (
  client: DynamoDBStreamsClient,
  StreamArn: string,
  ShardId: string,
  after: string | undefined,
): Promise<string | undefined> => {
  const start = after
    ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: after }
    : { ShardIteratorType: 'TRIM_HORIZON' as const }
  return (await client.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...start }))).ShardIterator
}

/** DynamoDB Local invalidates an empty shard's iterator when a record arrives; a new iterator finds the record. */
const recordsAt = async (client: DynamoDBStreamsClient, ShardIterator: string) => {
  try {
    const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }))
    return { records: Records, next: NextShardIterator }
  } catch (error) {
    if (error instanceof TrimmedDataAccessException || error instanceof ExpiredIteratorException) return 'iterator-lost'
    throw error
  }
}

const shardsOf = async (client: DynamoDBStreamsClient, StreamArn: string): Promise<readonly Shard[]> => {
  const shards: Shard[] = []
  let after: string | undefined
  do {
    const { StreamDescription } = await client.send(
      new DescribeStreamCommand({ StreamArn, ...(after && { ExclusiveStartShardId: after }) }),
    )
    shards.push(...(StreamDescription?.Shards ?? []))
    after = StreamDescription?.LastEvaluatedShardId
  } while (after)
  return shards
}
