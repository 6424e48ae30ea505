import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort } from '../../../infra/local/free-port.ts'
import { type LocalServiceOptions, startLocalService } from '../../../infra/local/service.ts'
import { handMadeSite, withDynamoDb } from '../../support/hand-made-site.ts'
import { eventually } from '../../support/local-service.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'local-run-'))
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'notes',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
  },
}
const tableArn = { 'Fn::GetAtt': ['Notes', 'Arn'] }
const streamArn = { 'Fn::GetAtt': ['Notes', 'StreamArn'] }
const reading = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator']

/** A small service: notes are written by one route, read by another and streamed; a third route exceeds its role. */
const notes = () => {
  const folder = handMadeSite(
    {
      put: {
        route: 'POST /api/notes/{id}',
        allow: [{ Action: 'dynamodb:PutItem', Resource: tableArn }],
        source: `${withDynamoDb}
          const client = new aws.DynamoDBClient()
          exports.handler = async (event) => {
            const Item = { id: { S: event.pathParameters.id }, text: { S: event.body ?? '' } }
            await client.send(new aws.PutItemCommand({ TableName: 'notes', Item }))
            return { statusCode: 201, cookies: ['seen=1; Secure'], body: '' }
          }`,
      },
      get: {
        route: 'GET /api/notes/{id}',
        allow: [{ Action: 'dynamodb:GetItem', Resource: tableArn }],
        source: `${withDynamoDb}
          const client = new aws.DynamoDBClient()
          exports.handler = async (event) => {
            const Key = { id: { S: event.pathParameters.id } }
            const { Item } = await client.send(new aws.GetItemCommand({ TableName: 'notes', Key }))
            return { text: Item?.text.S, now: new Date().toISOString(), secret: process.env.SECRET, pid: process.pid }
          }`,
        more: {
          Environment: {
            Variables: {
              SECRET: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:::}}']] },
            },
          },
        },
      },
      greedy: {
        route: 'GET /api/everything',
        allow: [{ Action: 'dynamodb:GetItem', Resource: tableArn }],
        source: `${withDynamoDb}
          exports.handler = async () => new aws.DynamoDBClient().send(new aws.ScanCommand({ TableName: 'notes' }))`,
      },
      tell: {
        allow: [
          { Action: reading, Resource: streamArn },
          { Action: 'dynamodb:ListStreams', Resource: '*' },
        ],
        source: `exports.handler = async ({ Records }) => {
          for (const { dynamodb } of Records) console.log('noted ' + dynamodb.NewImage.text.S)
        }`,
      },
    },
    {
      Notes: table,
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
      Told: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: streamArn, FunctionName: { Ref: 'tell' } },
      },
    },
  )
  cleanUp.push(() => rmSync(folder, { recursive: true }))
  return folder
}

/** What any of the paths below answers. */
interface Answer {
  readonly now: string
  readonly secret: string
  readonly pid: number
  readonly error: string
  readonly calls: readonly { readonly principal: string }[]
  readonly denials: readonly unknown[]
}

const start = async (more: Partial<LocalServiceOptions> = {}) => {
  const lines: string[] = []
  const service = await startLocalService({
    port: 0,
    assemblyDir: notes(),
    log: (line) => lines.push(line),
    ...more,
  })
  cleanUp.push(() => service.stop())
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${service.url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: () => JSON.parse(text) as Answer,
    }
  }
  return { service, lines, call }
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the local run of an assembly', () => {
  let run: Awaited<ReturnType<typeof start>>
  const call: (typeof run)['call'] = (...request) => run.call(...request)
  const stops: (() => unknown)[] = []
  beforeAll(async () => {
    run = await start()
    stops.push(...cleanUp.splice(0))
  })
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  test('routes a request to its function, its row to DynamoDB, and the stream record to another function', async () => {
    const put = await call('POST', '/api/notes/a%20b', 'hello')
    expect(put.status).toBe(201)
    expect(put.headers.getSetCookie()).toEqual(['seen=1; Secure'])
    expect((await call('GET', '/api/notes/a%20b')).json()).toMatchObject({ text: 'hello' })
    await eventually('the news', async () => run.lines.includes('[tell] noted hello'))
    expect((await call('GET', '/index.js')).text).toBe('// a page')
    expect((await call('GET', '/api/unknown')).status).toBe(404)
    expect((await call('GET', '/mailbox.json')).json()).toEqual([])
    expect((await call('GET', '/events.json')).json()).toEqual([])
  })

  test('denies functions what their roles do not allow, and lists the denials', async () => {
    expect(await call('GET', '/api/everything')).toMatchObject({ status: 500 })
    const { calls, denials } = (await call('GET', '/access.json')).json()
    expect(denials).toMatchObject([
      { principal: 'greedy', action: 'dynamodb:Scan', resource: expect.stringMatching(/:table\/notes$/) },
    ])
    expect(calls.map(({ principal }) => principal)).not.toContain('greedy')
  })

  test.each([
    ['nothing', {}],
    ['two targets', { advanceSeconds: 1, to: '2099-01-01T00:00:00Z' }],
    ['a negative step', { advanceSeconds: -1 }],
    ['a step in words', { advanceSeconds: '1' }],
    ['a date without a time', { to: '2099-01-01' }],
    ['an instant that is none', { to: '2099-13-01T00:00:00Z' }],
    ['an unknown wish', { advanceSeconds: 1, back: true }],
    ['a frozen that is no boolean', { frozen: 'yes' }],
    ['no JSON', 'no JSON'],
    ['a list', []],
  ])('refuses to move the clock by %s', async (_, body) => {
    expect(await call('POST', '/clock', body)).toMatchObject({ status: 400 })
  })

  test('accepts clock moves only as JSON by POST', async () => {
    const plain = await fetch(`${run.service.url}/clock`, { method: 'POST', body: '{"advanceSeconds":1}' })
    expect(plain.status).toBe(415)
    expect(await call('DELETE', '/clock')).toMatchObject({ status: 405 })
  })

  test('moves the clock of every function, forward only', async () => {
    const shown = async () => Date.parse((await call('GET', '/api/notes/x')).json().now)
    const before = await shown()
    const { now } = (await call('POST', '/clock', { advanceSeconds: 3_600, frozen: true })).json()
    expect(Date.parse(now)).toBeGreaterThanOrEqual(before + 3_600_000)
    expect(await shown()).toBe(Date.parse(now))
    expect((await call('GET', '/clock')).json()).toEqual({ now })

    const moved = await call('POST', '/clock', { to: '2099-12-01T09:00:00Z' })
    expect(moved.json()).toEqual({ now: '2099-12-01T09:00:00.000Z' })
    expect(await shown()).toBe(Date.parse('2099-12-01T09:00:00Z'))
    const refused = await call('POST', '/clock', { to: '2098-01-01T00:00:00Z' })
    expect(refused).toMatchObject({ status: 400 })
    expect(refused.json().error).toContain('only moves forward')
    expect(await call('POST', '/clock', { frozen: false })).toMatchObject({ status: 200 })
  })
})

describe('a local run that ends', () => {
  test('leaves no process and no open port', async () => {
    const { service, call } = await start()
    const { pid } = (await call('GET', '/api/notes/x')).json()
    expect(isAlive(pid)).toBe(true)
    await service.stop()
    expect(isAlive(pid)).toBe(false)
    await expect(fetch(service.url)).rejects.toThrow('fetch failed')
    await expect(fetch(service.awsUrl)).rejects.toThrow('fetch failed')
  })

  test('restores rows, clock and secrets from its data folder', async () => {
    const dataDir = temporary()
    const first = await start({ dataDir })
    await first.call('POST', '/api/notes/kept', 'hello')
    const { now } = (await first.call('POST', '/clock', { advanceSeconds: 86_400 })).json()
    const { secret } = (await first.call('GET', '/api/notes/kept')).json()
    await expect(start({ dataDir })).rejects.toThrow(`Another local run uses the folder ${dataDir}`)
    await first.service.stop()

    const second = await start({ dataDir })
    const kept = (await second.call('GET', '/api/notes/kept')).json()
    expect(kept).toMatchObject({ text: 'hello', secret })
    expect(Date.parse(kept.now)).toBeGreaterThanOrEqual(Date.parse(now))
  })
})

describe('a local run that cannot start', () => {
  const occupied = async (host: string) => {
    const server: Server = createServer()
    cleanUp.push(() => server.close())
    await new Promise<void>((resolve) => server.listen(0, host, resolve))
    return (server.address() as AddressInfo).port
  }

  test.each(['127.0.0.1', '::'])('names the port that is taken (by a listener on %s)', async (host) => {
    const port = await occupied(host)
    await expect(start({ port })).rejects.toThrow(`Port ${port} is taken`)
  })

  test('releases its port', async () => {
    const port = await freePort()
    await expect(start({ port, assemblyDir: temporary() })).rejects.toThrow('There is no assembly in')
    const again = createServer()
    await new Promise<void>((resolve, reject) => again.once('error', reject).listen(port, '127.0.0.1', resolve))
    again.close()
  })
})
