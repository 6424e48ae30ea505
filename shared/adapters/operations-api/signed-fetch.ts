import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { HttpRequest } from '@smithy/protocol-http'
import { SignatureV4 } from '@smithy/signature-v4'

/** The signing credentials (or their provider) and the region. */
export type Signer = Pick<ConstructorParameters<typeof SignatureV4>[0], 'credentials' | 'region'>

/** A request to an API with API Gateway's IAM authorizer; the body, if any, is sent as JSON. */
export interface SignedRequest {
  readonly method: string
  readonly url: URL
  readonly body?: unknown
}

/** Sends a request with Signature Version 4 for `execute-api`. Rejects like `fetch` on network failures. */
export type SignedFetch = (request: SignedRequest) => Promise<Response>

export const signedFetch = (fetch: typeof globalThis.fetch, signer: Signer): SignedFetch => {
  const signature = new SignatureV4({ service: 'execute-api', sha256: Sha256, ...signer })
  return async ({ method, url, body }) => {
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const { headers } = await signature.sign(
      new HttpRequest({
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: { host: url.host, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...content,
      }),
    )
    // fetch sets the host header from the URL, with the same value that is signed.
    const { host: _host, ...sent } = headers
    return fetch(url, { method, headers: sent, ...content })
  }
}

/** The signer requires a class, as it creates hashes with `new`. */
class Sha256 {
  private readonly secret: Secret | undefined
  private hash: Hash | Hmac

  constructor(secret?: Secret) {
    this.secret = secret
    this.hash = start(secret)
  }

  update(chunk: Uint8Array): void {
    this.hash.update(chunk)
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()))
  }

  reset(): void {
    this.hash = start(this.secret)
  }
}

type Secret = string | ArrayBuffer | ArrayBufferView

const start = (secret: Secret | undefined): Hash | Hmac =>
  secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret))

const bytes = (data: Secret): Uint8Array =>
  typeof data === 'string'
    ? Buffer.from(data)
    : ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
