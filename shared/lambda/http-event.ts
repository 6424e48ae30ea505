/** What the service reads of an API Gateway HTTP API event (payload format 2.0); whatever a client may omit is optional. */
export interface HttpEvent {
  readonly rawPath: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** `name=value` each; API Gateway takes them out of the headers. */
  readonly cookies?: readonly string[]
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>
  readonly pathParameters?: Readonly<Record<string, string | undefined>>
  readonly requestContext: {
    readonly requestId: string
    readonly http: { readonly method: string }
    /** Set by the IAM authorizer of the operators' routes, and by nothing a client sends. */
    readonly authorizer?: { readonly iam?: { readonly userArn?: string } }
  }
  /** Text as it came, or parsed JSON once the chain has read it. */
  readonly body?: unknown
  readonly isBase64Encoded: boolean
}

/** What API Gateway makes an HTTP answer from (payload format 2.0). */
export interface HttpResult {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly cookies?: readonly string[]
  readonly body?: string
  /** Whether the body is Base64 of what is to be sent. */
  readonly isBase64Encoded?: true
}

/** A Lambda handler behind API Gateway. */
export type HttpFunction = (event: HttpEvent, context?: unknown) => Promise<HttpResult>

/** The value of the named cookie, if the client sent it. */
export const readCookie = (event: HttpEvent, name: string): string | undefined => {
  const prefix = `${name}=`
  return event.cookies?.find((cookie) => cookie.startsWith(prefix))?.slice(prefix.length)
}
