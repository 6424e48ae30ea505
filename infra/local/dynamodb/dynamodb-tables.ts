import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { StartUpError } from '../start-up-error.ts'
import type { LocalAssembly, LocalResource } from '../types.ts'

/** The CloudFormation properties of a table that DynamoDB Local supports. */
interface TableProperties {
  readonly AttributeDefinitions: CreateTableCommandInput['AttributeDefinitions']
  readonly KeySchema: CreateTableCommandInput['KeySchema']
  readonly GlobalSecondaryIndexes?: readonly GlobalSecondaryIndex[]
  readonly LocalSecondaryIndexes?: CreateTableCommandInput['LocalSecondaryIndexes']
  readonly StreamSpecification?: {
    readonly StreamViewType: 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'
  }
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean }
}

/** Creates the assembly's tables; tables that exist in the data folder are left unchanged. */
export const createAssemblyTables = async (assembly: LocalAssembly, endpoint: string): Promise<void> => {
  const client = new DynamoDBClient({ endpoint, region: assembly.region, credentials: anyCredentials })
  try {
    await Promise.all(tableResources(assembly).map((table) => createOrKeep(client, table)))
  } finally {
    client.destroy()
  }
}

/** DynamoDB Local accepts any alphanumeric access key. */
export const anyCredentials = { accessKeyId: 'local', secretAccessKey: 'local' }

export const tableResources = (assembly: LocalAssembly): readonly LocalResource[] => [
  ...assembly.ofType('AWS::DynamoDB::Table'),
  ...assembly.ofType('AWS::DynamoDB::GlobalTable'),
]

/** Creates one table; with a TTL attribute, its items expire. */
export const createTable = async (
  client: DynamoDBClient,
  input: CreateTableCommandInput,
  expiryAttribute?: string,
): Promise<void> => {
  await client.send(new CreateTableCommand(input))
  if (!expiryAttribute) return
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: input.TableName,
      TimeToLiveSpecification: { AttributeName: expiryAttribute, Enabled: true },
    }),
  )
}

const createOrKeep = async (client: DynamoDBClient, table: LocalResource) => {
  const properties = table.properties as unknown as TableProperties
  const expiry = properties.TimeToLiveSpecification
  try {
    await createTable(client, tableInput(table.id, properties), expiry?.Enabled ? expiry.AttributeName : undefined)
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
    await refuseIfChanged(client, table.id, properties)
  }
}

const tableInput = (name: string, properties: TableProperties): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: properties.AttributeDefinitions,
  KeySchema: properties.KeySchema,
  GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  })),
  LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
  ...(properties.StreamSpecification && {
    StreamSpecification: { StreamEnabled: true, StreamViewType: properties.StreamSpecification.StreamViewType },
  }),
})

interface Shape {
  readonly KeySchema?: readonly { readonly AttributeName?: string | undefined }[] | undefined
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName?: string | undefined }[] | undefined
}

const refuseIfChanged = async (client: DynamoDBClient, name: string, wanted: TableProperties) => {
  const { Table: kept } = await client.send(new DescribeTableCommand({ TableName: name }))
  const shape = (table: Shape) => {
    const keys = (table.KeySchema ?? []).map((key) => `${key.AttributeName}`)
    const indexes = (table.GlobalSecondaryIndexes ?? []).map((index) => `${index.IndexName}`)
    return [...keys, ...indexes.toSorted((a, b) => a.localeCompare(b))].join()
  }
  const same = kept && shape(kept) === shape(wanted)
  if (!same) throw new StartUpError(`The data folder holds another version of table ${name}: name an empty folder.`)
}
