/** A SHA-256 over texts given one after the other. */
export interface Digest {
  add(text: string): void
  /** 64 hexadecimal digits; nothing can be added afterwards. */
  hex(): string
}

/** Starts an empty digest. */
export type NewDigest = () => Digest
