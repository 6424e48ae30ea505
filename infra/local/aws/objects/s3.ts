import { randomUUID } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type { LocalPrincipal } from '../../types.ts'
import { AwsFault } from '../aws-fault.ts'
import type { NewEvent } from '../events/event-bus.ts'
import { send } from '../json-protocols.ts'
import type { Authorize, Service, ServiceCall } from '../service.ts'
import { dataFile, type ServiceContext } from '../service-context.ts'
import { decodeAwsChunked } from './aws-chunked.ts'
import { compareChecksums } from './checksums.ts'
import { type ObjectHead, type ObjectStore, openObjectStore } from './object-store.ts'
import { bucketsWithEvents } from './s3-notifications.ts'
import { checkExpiry, listingXml, objectHeaders, parseRange, parseS3Request, sendS3Fault } from './s3-protocol.ts'

const pageSize = 1_000

/** The assembly's buckets, path-style. Signatures are not verified; signer and expiry are checked. */
export const s3Service = (
  context: ServiceContext,
  options: { readonly authorize: Authorize; readonly publish: (event: NewEvent) => void },
): Service & { stop(): void } => {
  const { assembly, authorization, clock, names } = context
  const withEvents = bucketsWithEvents(assembly)
  const stores = new Map<string, ObjectStore>(
    assembly
      .ofType('AWS::S3::Bucket')
      .map(({ id, properties }) => [id, openObjectStore(keepsVersions(properties), dataFile(context, 'buckets', id))]),
  )

  const storeOf = (bucket: string): ObjectStore => {
    const store = stores.get(bucket)
    if (!store) throw new AwsFault('NoSuchBucket', 'The specified bucket does not exist', 404)
    return store
  }

  const find = (bucket: string, key: string, version: string | undefined, principal: LocalPrincipal): ObjectHead => {
    const head = storeOf(bucket).head(key, version)
    if (head) return head
    if (version !== undefined) throw new AwsFault('NoSuchVersion', 'The specified version does not exist.', 404)
    // As in S3, a missing object is reported only to callers that may list the bucket.
    authorization.authorize(principal, [
      { action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`, context: { 's3:prefix': key } },
    ])
    throw new AwsFault('NoSuchKey', 'The specified key does not exist.', 404)
  }

  const put = async ({ request, response }: ServiceCall, bucket: string, key: string) => {
    const store = storeOf(bucket)
    if (request.headers['if-none-match'] === '*' && store.head(key)) {
      throw new AwsFault('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412)
    }
    const told = toldChecksums(request.headers)
    const isChunked = String(request.headers['content-encoding'] ?? '').includes('aws-chunked')
    const content = isChunked ? decodeAwsChunked(request, (name, value) => told.set(name, value)) : request
    const head = await store.put(
      { key, headers: keptHeaders(request.headers), modifiedAt: clock.now() },
      content as AsyncIterable<Buffer>,
      (sums) => compareChecksums(told, sums),
    )
    if (withEvents.has(bucket)) options.publish(objectCreated(bucket, head, assembly.account))
    send(response, 200, {
      ...objectHeaders({ ...head, headers: {} }, names.bucketKey(bucket)),
      'x-amz-checksum-crc32': head.crc32,
    })
  }

  const get = async ({ request, response, principal, url }: ServiceCall, bucket: string, key: string) => {
    const head = find(bucket, key, versionIn(url), principal)
    const range = parseRange(request.headers.range, head.size)
    response.writeHead(range ? 206 : 200, {
      ...objectHeaders(head, names.bucketKey(bucket)),
      'content-length': range ? range.end - range.start + 1 : head.size,
      ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${head.size}` }),
      ...(!range && request.headers['x-amz-checksum-mode'] === 'ENABLED' && { 'x-amz-checksum-crc32': head.crc32 }),
    })
    if (request.method === 'HEAD') response.end()
    else await pipeline(storeOf(bucket).read(head, range), response)
  }

  const list = ({ response, url }: ServiceCall, bucket: string) => {
    const { searchParams: query } = url
    const prefix = query.get('prefix') ?? ''
    const token = query.get('continuation-token')
    const after = token ? Buffer.from(token, 'base64url').toString() : (query.get('start-after') ?? '')
    const maximum = Math.min(Number(query.get('max-keys') ?? pageSize), pageSize)
    const found = storeOf(bucket)
      .list()
      .filter((head) => head.key.startsWith(prefix) && head.key > after)
    const page = found.slice(0, maximum)
    const last = page.at(-1)
    const next = last && found.length > page.length ? Buffer.from(last.key).toString('base64url') : undefined
    send(response, 200, { 'content-type': 'application/xml' }, listingXml(bucket, page, { prefix, next }))
  }

  return {
    unknownCaller: 'InvalidAccessKeyId',
    async handle(call) {
      const { request, response, principal, url } = call
      const { operation, bucket, key } = parseS3Request(request.method ?? '', url, request.headers)
      checkExpiry(url, clock.now())
      const input = { Bucket: bucket, Key: key, Prefix: url.searchParams.get('prefix') ?? '' }
      options.authorize('s3', versionIn(url) === undefined ? operation : `${operation}Version`, input, principal)
      switch (operation) {
        case 'PutObject':
          return put(call, bucket, key)
        case 'GetObject':
        case 'HeadObject':
          return get(call, bucket, key)
        case 'DeleteObject':
          await storeOf(bucket).delete(key, versionIn(url))
          return send(response, 204, {})
        case 'ListObjectsV2':
          return list(call, bucket)
      }
    },
    refuse(response, fault) {
      // The rest of a refused upload is read, else the client sees a broken connection instead of the response.
      response.req.resume()
      const code = fault.code.replace('AccessDeniedException', 'AccessDenied')
      const status = code === 'AccessDenied' ? 403 : fault.status
      sendS3Fault(response, new AwsFault(code, fault.message, status))
    },
    stop() {
      for (const store of stores.values()) store.stop()
    },
  }
}

const versionIn = (url: URL): string | undefined => url.searchParams.get('versionId') ?? undefined

const keepsVersions = ({ VersioningConfiguration }: Readonly<Record<string, unknown>>): boolean =>
  (VersioningConfiguration as { Status?: string } | undefined)?.Status === 'Enabled'

const keptHeaders = (headers: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name === 'content-type' || name === 'cache-control' || name.startsWith('x-amz-meta-'))
      .map(([name, value]) => [name, String(value)]),
  )

const toldChecksums = (headers: Readonly<Record<string, unknown>>): Map<string, string> =>
  new Map(
    Object.entries(headers)
      .filter(([name]) => name === 'content-md5' || name.startsWith('x-amz-checksum-'))
      .map(([name, value]) => [name, String(value)]),
  )

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const objectCreated = (
  bucket: string,
  { key, size, etag, modifiedAt, version }: ObjectHead,
  account: string,
): NewEvent => ({
  source: 'aws.s3',
  detailType: 'Object Created',
  resources: [`arn:aws:s3:::${bucket}`],
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: {
      key,
      size,
      etag,
      ...(version && { 'version-id': version }),
      sequencer: modifiedAt.toString(16).padStart(18, '0').toUpperCase(),
    },
    'request-id': randomUUID(),
    requester: account,
    'source-ip-address': '127.0.0.1',
    reason: 'PutObject',
  },
})
