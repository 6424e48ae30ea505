/** Whose mails a token ends, and for which address it was made. */
export interface Unsubscribing {
  readonly idNumber: string
  readonly isFor: (address: string) => boolean
}

/**
 * What stands in a mail so that its reader can end such mails without logging in. Nobody can guess one or read an ID from
 * it, nothing is kept for it, and it stays good for as long as the key is kept.
 */
export interface UnsubscribeTokens {
  /** The same for the same candidate and address; letters, digits, `-` and `_`. */
  issue(idNumber: string, address: string): Promise<string>
  /** Undefined for whatever was not issued here. */
  read(token: string): Promise<Unsubscribing | undefined>
}
