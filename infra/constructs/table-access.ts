import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { type TableName, tables } from '../../shared/contracts/tables.ts'

/** The deployed tables by their contract's name. */
export type Tables = Readonly<Record<TableName, Table>>

export const tableNames = Object.keys(tables) as TableName[]

type ItemAction =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'DescribeTable'
  | 'GetItem'
  | 'PartiQLInsert'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem'

type IndexName<Name extends TableName> = (typeof tables)[Name] extends { readonly indexes: infer Indexes }
  ? keyof Indexes & string
  : never

/**
 * Allowed actions on one table, such as `['GetItem', 'Query on bySession']`: a plain action applies to the table without its
 * indexes, one `on` an index to that index only. A transaction needs the actions of its parts.
 */
export type TableAccess<Name extends TableName> = readonly (ItemAction | `Query on ${IndexName<Name>}`)[]

/** One statement for the table and one for each of its indexes, with exactly the actions named. */
export const tableStatements = <Name extends TableName>(table: Table, access: TableAccess<Name>): PolicyStatement[] => {
  const actionsByResource = Map.groupBy(access, (action) => {
    const index = action.split(' on ')[1]
    return index ? `${table.tableArn}/index/${index}` : table.tableArn
  })
  return [...actionsByResource].map(
    ([resource, actions]) =>
      new PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action.split(' on ')[0]}`),
        resources: [resource],
      }),
  )
}
