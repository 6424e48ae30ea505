import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/** What an act has sent out, in order, and how often something was sent while nothing was under way. */
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

/** Tables are told without the run's name before theirs. */
const nameOf = ({ TableName = '' }: Input) => TableName.slice(9)

const shapeOf = (input: Input): string =>
  input.TransactItems
    ? input.TransactItems.flatMap((item) => Object.entries(item))
        .map(([kind, part]) => `${kind} ${nameOf(part)}`)
        .join(' and ')
    : `${nameOf(input)} by ${Object.keys(input.Key ?? {}).join()}`

/** Watches every call of a client: which command, of which table, by which key; `note` adds what leaves by other ways. */
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
