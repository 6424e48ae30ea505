import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { compilePattern, type Matches } from '../aws/events/event-pattern.ts'
import { anyCredentials, tableResources } from '../dynamodb/dynamodb-tables.ts'
import { StartUpError } from '../start-up-error.ts'
import type { Invoke, LocalAssembly, LocalClock, LocalPrincipal } from '../types.ts'
import { runStreamMapping, type StreamMapping, type StreamMappingProperties } from './stream-mapping.ts'

export interface StreamsOptions {
  readonly assembly: LocalAssembly
  readonly clock: LocalClock
  readonly invoke: Invoke
  readonly principalOf: (functionArn: string) => LocalPrincipal | undefined
  /** Checks whether the principal's role allows the action on the resource. */
  readonly isAllowed: (principal: LocalPrincipal, action: string, resource: string) => boolean
  /** Receives the records of discarded batches. */
  readonly sendMessage: (queueArn: string, body: string) => void
  readonly dynamoDbUrl: string
  /** Folder for the stream positions. */
  readonly dataDir?: string
  readonly log: (line: string) => void
}

/**
 * Delivers the changes of the assembly's tables to the functions mapped to their streams, until stopped. Throws
 * StartUpError on an unsupported mapping.
 */
export const startStreams = (options: StreamsOptions): { stop(): Promise<void> } => {
  const ending = new AbortController()
  const connection = { endpoint: options.dynamoDbUrl, region: options.assembly.region, credentials: anyCredentials }
  const engine = new DynamoDBClient(connection)
  const streams = new DynamoDBStreamsClient(connection)
  const running = mappingsOf(options.assembly)
    .filter((mapping) => mayRead(mapping, options))
    .map((mapping) => runStreamMapping(mapping, { ...options, engine, streams, signal: ending.signal }))
  return {
    async stop() {
      ending.abort()
      await Promise.all(running)
      engine.destroy()
      streams.destroy()
    },
  }
}

const mappingsOf = (assembly: LocalAssembly): readonly StreamMapping[] =>
  assembly.ofType('AWS::Lambda::EventSourceMapping').flatMap(({ id, properties: given }) => {
    const properties = given as unknown as StreamMappingProperties
    if (!properties.EventSourceArn.includes(':dynamodb:') || properties.Enabled === false) return []
    const table = tableResources(assembly).find(({ arn }) => properties.EventSourceArn.startsWith(`${arn}/stream/`))
    const lambda = assembly
      .ofType('AWS::Lambda::Function')
      .find((candidate) => [candidate.id, candidate.arn].includes(properties.FunctionName))
    if (!table || !lambda) throw new StartUpError(`Event source mapping ${id} names what is not in the assembly`)
    return [{ id, properties, tableName: table.id, functionArn: lambda.arn, matches: filterOf(properties) }]
  })

/** Throws StartUpError on an unsupported operator. */
const filterOf = ({ FilterCriteria, FunctionName }: StreamMappingProperties): Matches => {
  if (!FilterCriteria) return () => true
  const filters = FilterCriteria.Filters.map(({ Pattern }) => compilePattern(JSON.parse(Pattern), FunctionName))
  return (record) => filters.some((matches) => matches(record))
}

/** The actions that a function's role needs so that Lambda can read the stream. */
const mayRead = (
  { properties, functionArn }: StreamMapping,
  { principalOf, isAllowed, log }: StreamsOptions,
): boolean => {
  const principal = principalOf(functionArn)
  const needed = [
    ['dynamodb:DescribeStream', properties.EventSourceArn],
    ['dynamodb:GetRecords', properties.EventSourceArn],
    ['dynamodb:GetShardIterator', properties.EventSourceArn],
    ['dynamodb:ListStreams', '*'],
  ] as const
  const refused = needed.filter(([action, resource]) => !principal || !isAllowed(principal, action, resource))
  // AWS does not even create such a mapping.
  for (const [action, resource] of refused) {
    log(`${principal?.name} gets no records: its role does not allow ${action} on ${resource}`)
  }
  return refused.length === 0
}
