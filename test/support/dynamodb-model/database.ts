import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { marshalled, marshalledItem } from './marshalled.ts'
import { conditionFailed, type ModelTable, modelTable } from './table.ts'

/**
 * DynamoDB tables in memory, for more writes than an engine can handle: the model evaluates the adapters' own
 * expressions, and each command is one atomic step. `dynamodb-model.test.ts` compares it with DynamoDB Local.
 */
export const modelDatabase = (partitionKeys: Readonly<Record<string, string>>) => {
  const tables = new Map(Object.entries(partitionKeys).map(([name, key]) => [name, modelTable(key)]))
  const table = (name: string | undefined): ModelTable => {
    const found = tables.get(name ?? '')
    if (!found) throw new Error(`the DynamoDB model has no table ${name}`)
    return found
  }

  const transact = ({ TransactItems = [] }: TransactWriteCommandInput): object => {
    const writes = TransactItems.map(({ Put, Update, ...others }) => {
      if (Object.keys(others).length > 0) throw new Error('the DynamoDB model knows Put and Update in transactions')
      if (Put) return table(Put.TableName).put({ ...Put, Item: marshalledItem(Put.Item) })
      return table(Update?.TableName).update(marshalled(Update))
    })
    if (writes.every(({ holds }) => holds)) {
      for (const { apply } of writes) apply()
      return {}
    }
    throw new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: {},
      CancellationReasons: writes.map(({ holds, seen }) =>
        holds ? { Code: 'None' } : { Code: 'ConditionalCheckFailed', ...(seen && { Item: { ...seen } }) },
      ),
    })
  }

  /** The SDK gives each transaction a token; DynamoDB does it once, however often it is sent. */
  const done = new WeakSet<object>()

  const alone = ({ holds, seen, apply }: Write): { Attributes?: Record<string, AttributeValue> } => {
    if (!holds) throw conditionFailed(seen)
    const item = apply()
    return item ? { Attributes: { ...item } } : {}
  }

  return {
    table,
    /**
     * Does what the engine would do for the command at once, and answers or throws the same. What is sent again by the
     * SDK has the same `sending`.
     */
    execute(command: unknown, sending: object = {}): object {
      if (command instanceof UpdateItemCommand) return alone(table(command.input.TableName).update(command.input))
      if (command instanceof UpdateCommand)
        return alone(table(command.input.TableName).update(marshalled(command.input)))
      if (command instanceof PutItemCommand) return alone(table(command.input.TableName).put(command.input))
      if (command instanceof GetItemCommand) return { Item: table(command.input.TableName).get(command.input.Key) }
      if (!(command instanceof TransactWriteCommand)) throw new Error('a command that the DynamoDB model does not know')
      if (done.has(sending)) return {}
      const answer = transact(command.input)
      done.add(sending)
      return answer
    },
  }
}

type Write = ReturnType<ModelTable['update']>
