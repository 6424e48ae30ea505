/** A SHA-256 over texts and bytes given one after the other. */
export interface Digest {
  add(part: string | Uint8Array): void
  /** 64 hexadecimal digits; nothing can be added afterwards. */
  hex(): string
}

/** Starts an empty digest. */
export type NewDigest = () => Digest
