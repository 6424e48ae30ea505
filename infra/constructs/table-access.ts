import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { type TableName, tables } from '../../shared/contracts/tables.ts'

/** The deployed tables by their contract's name. */
export type Tables = Readonly<Record<TableName, Table>>

type ItemAction =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem'

type IndexName<Name extends TableName> = (typeof tables)[Name] extends { readonly indexes: infer Indexes }
  ? keyof Indexes & string
  : never

/** What a role may do with one table: `GetItem`, or on one of its indexes alone `Query on bySession`. A transaction needs the actions of its parts. */
export type TableAccess<Name extends TableName> = readonly (ItemAction | `Query on ${IndexName<Name>}`)[]

/** Allows exactly the actions named: those on an index for that index, the others for the table without its indexes. */
export const allowTable = <Name extends TableName>(
  grantee: IGrantable,
  tablesByName: Tables,
  name: Name,
  access: TableAccess<Name>,
): void => {
  const { tableArn } = tablesByName[name]
  const onTable = access.filter((action) => !action.includes(' on '))
  const onIndexes = access
    .filter((action) => action.includes(' on '))
    .map((action) => action.split(' on ') as [string, string])
  const allow = (action: string, resource: string) =>
    Grant.addToPrincipal({ grantee, actions: [`dynamodb:${action}`], resourceArns: [resource] })
  for (const action of onTable) allow(action, tableArn)
  for (const [action, index] of onIndexes) allow(action, `${tableArn}/index/${index}`)
}

/** Whether a table of the contract is one of these, for whoever walks over all of them. */
export const tableNames = Object.keys(tables) as TableName[]
