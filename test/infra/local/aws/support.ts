import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AwsEndpoint, type AwsEndpointOptions, startAwsEndpoint } from '../../../../infra/local/aws/index.ts'
import { type MovableClock, movableClock } from '../../../../infra/local/clock.ts'
import type { InvocationOutcome, LocalAssembly, LocalPrincipal, LocalResource } from '../../../../infra/local/types.ts'

const region = 'eu-west-1'
export const account = '000000000000'
export const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`

/** An assembly of just these resources. */
export const assemblyOf = (...resources: readonly LocalResource[]): LocalAssembly => ({
  stage: 'test',
  region,
  account,
  resources,
  ofType: (type) => resources.filter((resource) => resource.type === type),
  byArn: (wanted) => resources.find((resource) => resource.arn === wanted),
  outputs: {},
  codeOf: () => '',
})

export const resource = (
  type: string,
  id: string,
  properties: Readonly<Record<string, unknown>> = {},
  resourceArn = '',
): LocalResource => ({ stack: 'test-stack', logicalId: id, type, properties, id, arn: resourceArn })

/** An `Allow` statement. */
export const allow = (action: string | readonly string[], on: string | readonly string[], more: object = {}) => ({
  Effect: 'Allow',
  Action: action,
  Resource: on,
  ...more,
})

export const role = (name: string, ...statements: readonly object[]): LocalResource =>
  resource(
    'AWS::IAM::Role',
    name,
    { Policies: [{ PolicyName: 'all', PolicyDocument: { Version: '2012-10-17', Statement: statements } }] },
    `arn:aws:iam::${account}:role/${name}`,
  )

/** A function with a role of its own that may do this. */
export const lambda = (name: string, ...statements: readonly object[]): readonly LocalResource[] => [
  role(`${name}-role`, ...statements),
  resource(
    'AWS::Lambda::Function',
    name,
    { Role: `arn:aws:iam::${account}:role/${name}-role` },
    arn('lambda', `function:${name}`),
  ),
]

export const queue = (name: string, properties: object = {}): LocalResource => ({
  ...resource('AWS::SQS::Queue', name, { ...properties }, arn('sqs', name)),
  id: `http://127.0.0.1/${account}/${name}`,
})

/** Lets EventBridge send to the queue, as CDK's rules do. */
export const queuePolicy = (name: string, ruleArn: string): LocalResource =>
  resource('AWS::SQS::QueuePolicy', `${name}-policy`, {
    Queues: [queue(name).id],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        allow('sqs:SendMessage', arn('sqs', name), {
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
        }),
      ],
    },
  })

/** Who makes the calls in these tests. */
export const tester: LocalPrincipal = { name: 'test/caller', roleArn: `arn:aws:iam::${account}:role/caller` }
const credentials = { accessKeyId: 'tester', secretAccessKey: 'any' }

export interface TestRun {
  readonly aws: AwsEndpoint
  readonly clock: MovableClock
  /** What every SDK client is made with. */
  readonly client: { endpoint: string; region: string; credentials: typeof credentials; maxAttempts: number }
  readonly invocations: { readonly functionArn: string; readonly event: unknown }[]
  readonly lines: string[]
  /** Moves the clock, which stands still otherwise. */
  advance(seconds: number): Promise<void>
  stop(): Promise<void>
}

/** Starts the endpoint on a clock that stands still; functions answer what `answer` says, or success. */
export const startRun = async (
  resources: readonly LocalResource[],
  options: Partial<Pick<AwsEndpointOptions, 'dataDir' | 'dynamoDbUrl' | 'sendQuota'>> & {
    readonly answer?: (event: unknown, functionArn: string) => InvocationOutcome | Promise<InvocationOutcome>
    readonly startAt?: string
  } = {},
): Promise<TestRun> => {
  const { answer = () => ({ ok: true, payload: null }), startAt = '2030-01-01T09:00:00.000Z', ...rest } = options
  const clock = movableClock()
  clock.freeze(true)
  await clock.moveTo(Date.parse(startAt))
  const invocations: { functionArn: string; event: unknown }[] = []
  const lines: string[] = []
  const aws = await startAwsEndpoint({
    dynamoDbUrl: 'http://127.0.0.1:9',
    ...rest,
    assembly: assemblyOf(...resources),
    clock,
    principals: new Map([[credentials.accessKeyId, tester]]),
    async invoke(functionArn, event) {
      invocations.push({ functionArn, event })
      return answer(event, functionArn)
    },
    log: (line) => lines.push(line),
  })
  return {
    aws,
    clock,
    client: { endpoint: aws.url, region, credentials, maxAttempts: 1 },
    invocations,
    lines,
    advance: (seconds) => clock.moveTo(clock.now() + seconds * 1_000),
    async stop() {
      await aws.stop()
      clock.stop()
    },
  }
}

/** Lets what was only put off to the next turns of the event loop happen. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Serves the mailbox on an address of its own. */
export const serveMailbox = async (aws: AwsEndpoint): Promise<{ url: string; stop(): void }> => {
  const server = createServer((request, response) => aws.mailbox(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
