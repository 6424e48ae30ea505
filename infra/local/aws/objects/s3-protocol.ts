import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { AwsFault } from '../aws-fault.ts'
import type { ObjectHead } from './object-store.ts'

/** A parsed S3 request. */
export interface S3Request {
  readonly operation: 'PutObject' | 'GetObject' | 'HeadObject' | 'DeleteObject' | 'ListObjectsV2'
  readonly bucket: string
  /** Empty for a bucket operation. */
  readonly key: string
}

/** Query parameters without influence on the operation. */
const harmlessParameters =
  /^(x-id|x-amz-.*|list-type|prefix|max-keys|start-after|continuation-token|encoding-type|fetch-owner|versionId)$/i

/** Parses `/<bucket>/<key>`; throws AwsFault on an unsupported operation. */
export const parseS3Request = (method: string, url: URL, headers: IncomingHttpHeaders): S3Request => {
  const [, bucket = '', path = ''] = /^\/([^/]+)\/?(.*)$/s.exec(url.pathname) ?? []
  const key = decodeURIComponent(path)
  const unknown = [...url.searchParams.keys()].find((parameter) => !harmlessParameters.test(parameter))
  const operation = unknown || headers['x-amz-copy-source'] ? undefined : operationOf(method, key, url)
  if (!operation)
    throw new AwsFault(
      'NotImplemented',
      `the local run does not support s3: ${method} ${url.pathname}?${unknown ?? ''}`,
      501,
    )
  return { operation, bucket, key }
}

const operationOf = (method: string, key: string, url: URL): S3Request['operation'] | undefined => {
  if (key === '') return method === 'GET' && url.searchParams.get('list-type') === '2' ? 'ListObjectsV2' : undefined
  const operations: Readonly<Record<string, S3Request['operation']>> = {
    PUT: 'PutObject',
    GET: 'GetObject',
    HEAD: 'HeadObject',
    DELETE: 'DeleteObject',
  }
  return operations[method]
}

/** Throws if a presigned URL has expired at the instant (epoch milliseconds). */
export const checkExpiry = (url: URL, now: number): void => {
  const [date, seconds] = [url.searchParams.get('X-Amz-Date'), url.searchParams.get('X-Amz-Expires')]
  if (date === null || seconds === null) return
  const signedAt = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(now < signedAt + Number(seconds) * 1_000)) throw new AwsFault('AccessDenied', 'Request has expired', 403)
}

/** Parses `bytes=a-b`; without a range, the whole object. Throws AwsFault if the range cannot be satisfied. */
export const parseRange = (header: string | undefined, size: number) => {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return undefined
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (start > end) throw new AwsFault('InvalidRange', 'The requested range is not satisfiable', 416)
  return { start, end }
}

/** An object's response headers. */
export const objectHeaders = (head: ObjectHead, kmsKeyArn: string | undefined): Record<string, string> => ({
  ...head.headers,
  etag: `"${head.etag}"`,
  'last-modified': new Date(head.modifiedAt).toUTCString(),
  'accept-ranges': 'bytes',
  ...(head.version && { 'x-amz-version-id': head.version }),
  ...(kmsKeyArn && {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyArn,
  }),
})

/** One page of a listing, as XML. */
export const listingXml = (
  bucket: string,
  heads: readonly ObjectHead[],
  { prefix, next }: { readonly prefix: string; readonly next: string | undefined },
): string =>
  xml('ListBucketResult', [
    xml('Name', escapeXml(bucket)),
    xml('Prefix', escapeXml(prefix)),
    xml('KeyCount', String(heads.length)),
    xml('IsTruncated', String(next !== undefined)),
    ...(next === undefined ? [] : [xml('NextContinuationToken', next)]),
    ...heads.map((head) =>
      xml('Contents', [
        xml('Key', escapeXml(head.key)),
        xml('LastModified', new Date(head.modifiedAt).toISOString()),
        xml('ETag', `&quot;${head.etag}&quot;`),
        xml('Size', String(head.size)),
        xml('StorageClass', 'STANDARD'),
      ]),
    ),
  ])

/** S3's XML error response; the response to a HEAD has no body. */
export const sendS3Fault = (response: ServerResponse, { code, message, status }: AwsFault): void => {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml('Error', [
    xml('Code', code),
    xml('Message', escapeXml(message)),
    xml('RequestId', randomUUID()),
  ])}`
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const xml = (name: string, content: string | readonly string[]): string =>
  `<${name}>${typeof content === 'string' ? content : content.join('')}</${name}>`

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
