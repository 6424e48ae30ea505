import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { decodeAwsChunked } from '../../../../../infra/local/aws/objects/aws-chunked.ts'
import type { LocalResource } from '../../../../../infra/local/types.ts'
import { allow, arn, queue, queuePolicy, resource, role, startRun, type TestRun } from '../support.ts'

const keyArn = arn('kms', 'key/files')
const bucket = resource(
  'AWS::S3::Bucket',
  'imports',
  {
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } },
      ],
    },
  },
  'arn:aws:s3:::imports',
)
const ruleArn = arn('events', 'rule/files')
const rule = resource(
  'AWS::Events::Rule',
  'files',
  {
    EventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: ['imports'] }, object: { key: [{ prefix: 'entries/' }] } },
    },
    Targets: [{ Id: 'Target0', Arn: arn('sqs', 'entries') }],
  },
  ruleArn,
)
const files = 'arn:aws:s3:::imports/*'
const useKey = allow(['kms:Decrypt', 'kms:GenerateDataKey'], keyArn)
const all = allow(['s3:PutObject', 's3:GetObject', 's3:DeleteObject'], files)
const list = allow('s3:ListBucket', 'arn:aws:s3:::imports')
const base = [
  bucket,
  resource('AWS::KMS::Key', 'files', {}, keyArn),
  queue('entries'),
  queuePolicy('entries', ruleArn),
  rule,
]
const Bucket = 'imports'

let run: TestRun
let client: S3Client
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'objects-'))
})
const stop = async () => {
  client?.destroy()
  await run?.stop()
}
afterEach(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})
const start = async (
  statements: readonly object[] = [all, list, useKey],
  resources: readonly LocalResource[] = base,
) => {
  run = await startRun([...resources, role('caller', ...statements, allow('sqs:ReceiveMessage', '*'))], {
    dataDir: folder,
  })
  const silent = () => {}
  client = new S3Client({ ...run.client, logger: { debug: silent, info: silent, warn: silent, error: silent } })
}
const put = (Key: string, Body: string | Readable, more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const read = async (Key: string, more: object = {}) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return Body?.transformToString()
}
const named = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: Error) => `${error.name}: ${error.message}`,
  )
const received = async () => {
  const { Messages = [] } = await new SQSClient(run.client).send(
    new ReceiveMessageCommand({ QueueUrl: 'http://127.0.0.1/0/entries', MaxNumberOfMessages: 10 }),
  )
  return Messages.map(({ Body = '' }) => JSON.parse(Body))
}

describe('a bucket', () => {
  test('returns an object with its headers and its checksum', async () => {
    await start()
    const { ETag } = await put('entries/ä b+c.csv', 'id_number\nA1\n', {
      ContentType: 'text/csv',
      Metadata: { by: 'ops' },
    })
    expect(ETag).toBe(`"${createHash('md5').update('id_number\nA1\n').digest('hex')}"`)
    expect(await read('entries/ä b+c.csv')).toBe('id_number\nA1\n')
    expect(await read('entries/ä b+c.csv', { Range: 'bytes=3-5' })).toBe('num')
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'entries/ä b+c.csv' }))).resolves.toMatchObject({
      ContentLength: 13,
      ContentType: 'text/csv',
      Metadata: { by: 'ops' },
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: keyArn,
    })
  })

  test('accepts a stream of unknown length in the SDK’s chunked encoding', async () => {
    await start()
    const pieces = Array.from({ length: 300 }, (_, index) => Buffer.alloc(10_000, String(index % 10)))
    const content = Buffer.concat(pieces)
    const uploaded = put('big.csv', Readable.from(pieces), { ContentLength: content.length })
    await uploaded
    const body = await read('big.csv')
    expect(
      createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    ).toBe(createHash('sha256').update(content).digest('hex'))
  })

  test('replaces and deletes, leaving no file behind', async () => {
    await start()
    await put('a', 'one')
    await put('a', 'two')
    expect(await read('a')).toBe('two')
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
    expect(await named(read('a'))).toMatch(/^NoSuchKey/)
    expect(await readdir(join(folder, 'buckets', 'imports'))).toEqual(['objects.jsonl'])
  })

  test('keeps its objects in the data folder', async () => {
    await start()
    await put('a', 'kept')
    await stop()
    await start()
    expect(await read('a')).toBe('kept')
  })

  test('lists its keys in order, page by page', async () => {
    await start()
    for (const key of ['b/2', 'a/1', 'b/1', 'b/3&<']) await put(key, key)
    const page = async (more: object) => {
      const { Contents = [], NextContinuationToken } = await client.send(
        new ListObjectsV2Command({ Bucket, Prefix: 'b/', MaxKeys: 2, ...more }),
      )
      return { keys: Contents.map(({ Key }) => Key), next: NextContinuationToken }
    }
    const first = await page({})
    expect(first.keys).toEqual(['b/1', 'b/2'])
    expect(await page({ ContinuationToken: first.next })).toEqual({ keys: ['b/3&<'], next: undefined })
  })

  test('keeps the old content when an upload does not match its checksum', async () => {
    await start()
    await put('a', 'old')
    const wrong = put('a', 'new', { ChecksumSHA256: createHash('sha256').update('other').digest('base64') })
    expect(await named(wrong)).toMatch(/^BadDigest/)
    expect(await read('a')).toBe('old')
  })

  test('sends created objects to EventBridge, which delivers them to the queue for their prefix', async () => {
    await start()
    await put('entries/1.csv', 'abc')
    await put('reports/1.json', '{}')
    expect(await received()).toMatchObject([
      {
        source: 'aws.s3',
        'detail-type': 'Object Created',
        resources: ['arn:aws:s3:::imports'],
        detail: { bucket: { name: 'imports' }, object: { key: 'entries/1.csv', size: 3 }, reason: 'PutObject' },
      },
    ])
  })
})

describe('a versioned bucket', () => {
  const versioned = { ...bucket, properties: { ...bucket.properties, VersioningConfiguration: { Status: 'Enabled' } } }
  const others = base.filter((one) => one !== bucket)
  const versions = allow(['s3:GetObjectVersion', 's3:DeleteObjectVersion'], files)

  test('returns the requested version, even after an overwrite or a delete marker', async () => {
    await start([all, list, versions, useKey], [versioned, ...others])
    const first = await put('entries/1.csv', 'one')
    const second = await put('entries/1.csv', 'two')
    expect(await received()).toMatchObject([
      { detail: { object: { 'version-id': first.VersionId } } },
      { detail: { object: { 'version-id': second.VersionId } } },
    ])
    expect(await read('entries/1.csv', { VersionId: first.VersionId })).toBe('one')
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'entries/1.csv' }))
    expect(await named(read('entries/1.csv'))).toMatch(/^NoSuchKey/)
    expect(await read('entries/1.csv', { VersionId: second.VersionId })).toBe('two')
    expect(await named(read('entries/2.csv', { VersionId: second.VersionId }))).toMatch(/^NoSuchVersion/)
  })

  test('shows the previous version when the newest is deleted', async () => {
    await start([all, list, versions, useKey], [versioned, ...others])
    await put('a', 'one')
    await put('a', 'two')
    const { VersionId } = await put('a', 'three')
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'a', VersionId }))
    expect(await read('a')).toBe('two')
  })

  test('requires a separate permission for a version', async () => {
    await start([all, list, useKey], [versioned, ...others])
    const { VersionId } = await put('a', 'one')
    expect(await named(read('a', { VersionId }))).toMatch(/^AccessDenied: .* s3:GetObjectVersion on resource: /)
  })
})

describe('a presigned URL', () => {
  const presign = (command: PutObjectCommand | GetObjectCommand, expiresIn = 900) =>
    getSignedUrl(client, command, { expiresIn, signingDate: new Date(run.clock.now()) })

  test('allows an upload on behalf of its signer, with an event for the file', async () => {
    await start()
    const url = await presign(new PutObjectCommand({ Bucket, Key: 'entries/2.csv', ContentType: 'text/csv' }))
    const uploaded = await fetch(url, { method: 'PUT', body: 'id_number\n', headers: { 'content-type': 'text/csv' } })
    expect(uploaded.status).toBe(200)
    expect(await received()).toMatchObject([{ detail: { object: { key: 'entries/2.csv', size: 10 } } }])
    const download = await fetch(await presign(new GetObjectCommand({ Bucket, Key: 'entries/2.csv' })))
    expect(await download.text()).toBe('id_number\n')
  })

  test('expires by the local clock', async () => {
    await start()
    const url = await presign(new PutObjectCommand({ Bucket, Key: 'entries/3.csv' }), 60)
    await run.advance(60)
    const late = await fetch(url, { method: 'PUT', body: 'x' })
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Request has expired')])
  })

  test('has only its signer’s permissions', async () => {
    await start([allow('s3:GetObject', files)])
    const refused = await fetch(await presign(new PutObjectCommand({ Bucket, Key: 'entries/4.csv' })), {
      method: 'PUT',
      body: 'x',
    })
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('s3:PutObject')])
  })
})

describe('permissions on a bucket', () => {
  test('name principal, action and resource', async () => {
    await start([allow('s3:PutObject', 'arn:aws:s3:::imports/reports/*'), useKey])
    expect(await named(put('entries/1.csv', 'x'))).toMatch(
      /^AccessDenied: User: .*test\/caller is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::imports\/entries\/1.csv /,
    )
    expect(await named(put('reports/1.json', 'x'))).toBe('answered')
  })

  test('of an encrypted bucket include its key', async () => {
    await start([all, list])
    expect(await named(put('a', 'x'))).toMatch(/^AccessDenied: .* kms:GenerateDataKey on resource: .*key\/files /)
    expect(await named(read('a'))).toMatch(/^AccessDenied: .* kms:Decrypt on resource: .*key\/files /)
  })

  test('hide missing objects from callers that may not list', async () => {
    await start([all, useKey])
    expect(await named(read('none'))).toMatch(/^AccessDenied: .* s3:ListBucket on resource: arn:aws:s3:::imports /)
    await stop()
    await start()
    expect(await named(read('none'))).toMatch(/^NoSuchKey/)
  })

  test('a refused large upload gets a response, not a broken connection', async () => {
    await start([])
    const body = Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(50_000)))
    expect(await named(put('a', body, { ContentLength: 10_000_000 }))).toMatch(/^AccessDenied/)
  })
})

describe('an unsupported feature', () => {
  test('is reported', async () => {
    await start()
    expect(await named(client.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' })))).toMatch(/^NotImplemented/)
  })

  test('other bucket notifications fail at start', async () => {
    await start()
    const other = { ...bucket, properties: { NotificationConfiguration: { LambdaConfigurations: [] } } }
    await expect(startRun([other])).rejects.toThrow('LambdaConfigurations')
  })
})

describe('a body in chunked encoding', () => {
  const framed = '5;chunk-signature=ab\r\nhello\r\n7\r\n, world\r\n0\r\nx-amz-checksum-crc32://///w==\r\n\r\n'
  const decode = async (text: string, size: number) => {
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
    const trailers: string[] = []
    const source = Readable.from(pieces.map((piece) => Buffer.from(piece))) as AsyncIterable<Buffer>
    let content = ''
    for await (const data of decodeAwsChunked(source, (name, value) => trailers.push(name, value))) content += data
    return { content, trailers }
  }

  test.each([1, 2, 3, 7, 1_000])('is decoded in pieces of %d bytes', async (size) => {
    expect(await decode(framed, size)).toEqual({
      content: 'hello, world',
      trailers: ['x-amz-checksum-crc32', '/////w=='],
    })
  })

  test.each([framed.slice(0, 30), '', 'zz\r\nhello\r\n'])(
    'that is truncated or malformed is rejected',
    async (text) => {
      await expect(decode(text, 4)).rejects.toThrow()
    },
  )
})
