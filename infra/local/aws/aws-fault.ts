/** An AWS service's error response; its `code` becomes the name of the SDK's exception. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault'
  readonly code: string
  /** HTTP status. */
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}
