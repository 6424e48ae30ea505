import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** The outbound calls of an action, in order, and its number of sequential round trips. */
export interface Recording<Answer> {
  readonly answer: Answer
  readonly outbound: readonly string[]
  readonly roundTrips: number
}

interface Input {
  readonly TableName?: string
  readonly Key?: object
  readonly TransactItems?: readonly Record<string, Input>[]
}

/** Table names without the prefix of the test run. */
const nameOf = ({ TableName = '' }: Input) => TableName.slice(9)

const shapeOf = (input: Input): string =>
  input.TransactItems
    ? input.TransactItems.flatMap((item) => Object.entries(item))
        .map(([kind, part]) => `${kind} ${nameOf(part)}`)
        .join(' and ')
    : `${nameOf(input)} by ${Object.keys(input.Key ?? {}).join()}`

/** Records every call of a client: command, table and key attributes; `note` adds other outbound calls. */
export const recordCalls = (client: DynamoDBDocumentClient) => {
  let outbound: string[] = []
  let roundTrips = 0
  let underWay = 0
  client.middlewareStack.add(
    (next, context) => async (call) => {
      outbound.push(`${context.commandName} ${shapeOf(call.input as Input)}`)
      if (underWay++ === 0) roundTrips++
      try {
        return await next(call)
      } finally {
        underWay--
      }
    },
    { step: 'initialize' },
  )
  return {
    note: (what: string) => {
      outbound.push(what)
    },
    async watched<Answer>(act: () => Promise<Answer>): Promise<Recording<Answer>> {
      outbound = []
      roundTrips = 0
      const answer = await act()
      return { answer, outbound: [...outbound], roundTrips }
    },
  }
}
