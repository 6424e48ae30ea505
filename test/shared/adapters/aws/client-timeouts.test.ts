import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, describe, expect, test } from '@jest/globals'
import { clientTimeouts } from '../../../../shared/adapters/aws/client-timeouts.ts'
import { filesBelow, projectFolder } from '../../../architecture/source-files.ts'
import { startAwsEndpoint } from '../../../support/aws-endpoint.ts'

const get = new GetItemCommand({ TableName: 'accounts', Key: { idNumber: { S: 'A1' } } })

let stop = async (): Promise<void> => {}
afterEach(() => stop())

/** A table whose first so many calls are never answered. */
const tableThatIsSilent = async (times: number) => {
  const endpoint = await startAwsEndpoint((_, index) =>
    index < times ? 'silence' : { status: 200, body: { Item: { idNumber: { S: 'A1' } } } },
  )
  stop = endpoint.stop
  return { requests: endpoint.requests, client: new DynamoDBClient({ ...endpoint.settings, ...clientTimeouts(100) }) }
}

describe('a call that AWS never answers', () => {
  test('is aborted and retried, so that the request succeeds', async () => {
    const { client, requests } = await tableThatIsSilent(1)
    expect((await client.send(get)).Item).toEqual({ idNumber: { S: 'A1' } })
    expect(requests).toHaveLength(2)
  })

  test('finally fails with a timeout', async () => {
    const { client, requests } = await tableThatIsSilent(Number.POSITIVE_INFINITY)
    await expect(client.send(get)).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(requests.length).toBeGreaterThan(1)
  })
})

describe('every adapter that creates an SDK client', () => {
  const hasNoTimeouts = (text: string) =>
    /new \w+Client\(/.test(text) && (!/\bclientTimeouts\(/.test(text) || /new \w+Client\((?:\{\})?\)/.test(text))

  test('sets a timeout', async () => {
    const files = filesBelow('shared/adapters', '.ts')
    const texts = await Promise.all(files.map((path) => readFile(join(projectFolder, path), 'utf8')))
    expect(texts.filter((text) => /\bclientTimeouts\(/.test(text)).length).toBeGreaterThan(10)
    expect(files.filter((_, index) => hasNoTimeouts(texts[index] ?? ''))).toEqual([])
  })

  test.each(['new SQSClient({})', 'new SQSClient()', 'new SQSClient(settings)'])('fails the check with %s', (maker) => {
    expect(hasNoTimeouts(`const client = ${maker}`)).toBe(true)
  })
})
