import type {
  BatchExecuteStatementInput,
  BatchGetItemInput,
  BatchWriteItemInput,
  TransactGetItemsInput,
  TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb'
import type { AccessOf } from './actions.ts'
import type { AccessCheck } from './policy-decision.ts'

interface OneTable {
  readonly TableName: string
  readonly IndexName?: string
}

const onTable =
  (operation: string): AccessOf =>
  ({ TableName }: OneTable, names) => [{ action: `dynamodb:${operation}`, resource: names.table(TableName) }]

const onTableOrIndex =
  (operation: string): AccessOf =>
  ({ TableName, IndexName }: OneTable, names) => {
    const table = names.table(TableName)
    return [{ action: `dynamodb:${operation}`, resource: IndexName ? `${table}/index/${IndexName}` : table }]
  }

/** A transaction needs the permissions of its parts and none of its own. */
const partActions = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
} as const

const partiQlActions: Readonly<Record<string, string>> = { INSERT: 'Insert', UPDATE: 'Update', DELETE: 'Delete' }

/** The actions that each item operation requires; operations that the local run does not support are absent. */
export const dynamoDbAccess: Readonly<Record<string, AccessOf>> = {
  GetItem: onTable('GetItem'),
  PutItem: onTable('PutItem'),
  UpdateItem: onTable('UpdateItem'),
  DeleteItem: onTable('DeleteItem'),
  DescribeTable: onTable('DescribeTable'),
  Query: onTableOrIndex('Query'),
  Scan: onTableOrIndex('Scan'),
  BatchExecuteStatement: ({ Statements = [] }: BatchExecuteStatementInput, names) =>
    distinct(
      Statements.map(({ Statement = '' }) => {
        const [, verb = '', table = ''] = /^(\w+) (?:INTO|FROM)? ?"([^"]+)"/i.exec(Statement) ?? []
        return { action: `dynamodb:PartiQL${partiQlActions[verb.toUpperCase()] ?? verb}`, resource: names.table(table) }
      }),
    ),
  BatchGetItem: ({ RequestItems }: BatchGetItemInput, names) =>
    Object.keys(RequestItems ?? {}).map((table) => ({
      action: 'dynamodb:BatchGetItem',
      resource: names.table(table),
    })),
  BatchWriteItem: ({ RequestItems }: BatchWriteItemInput, names) =>
    Object.keys(RequestItems ?? {}).map((table) => ({
      action: 'dynamodb:BatchWriteItem',
      resource: names.table(table),
    })),
  TransactGetItems: ({ TransactItems = [] }: TransactGetItemsInput, names) =>
    distinct(
      TransactItems.map(({ Get }) => ({ action: 'dynamodb:GetItem', resource: names.table(Get?.TableName ?? '') })),
    ),
  TransactWriteItems: ({ TransactItems = [] }: TransactWriteItemsInput, names) =>
    distinct(
      TransactItems.flatMap((item) =>
        Object.entries(item).map(([part, { TableName }]: [string, { TableName?: string | undefined }]) => ({
          action: partActions[part as keyof typeof partActions] ?? `dynamodb:${part}`,
          resource: names.table(TableName ?? ''),
        })),
      ),
    ),
}

const distinct = (checks: readonly AccessCheck[]): readonly AccessCheck[] => [
  ...new Map(checks.map((check) => [`${check.action} ${check.resource}`, check])).values(),
]
