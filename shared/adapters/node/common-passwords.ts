import { brotliDecompressSync } from 'node:zlib'
import type { CommonPasswords } from '../../ports/common-passwords.ts'
import { packedCommonPasswords } from './common-passwords.generated.ts'

/** Sorted words, each as the number of letters it shares with the one before, and the rest. */
const unpack = (packed: string): Set<string> => {
  const words = new Set<string>()
  let previous = ''
  for (const line of brotliDecompressSync(Buffer.from(packed, 'base64')).toString('latin1').split('\n')) {
    previous = previous.slice(0, line.charCodeAt(0) - 'A'.charCodeAt(0)) + line.slice(1)
    words.add(previous)
  }
  return words
}

let words: Set<string> | undefined

/** The list of `@zxcvbn-ts/language-common`, as far as it fits the rule for passwords; unpacked when first asked. */
export const listedCommonPasswords: CommonPasswords = {
  has: (lowerCased) => {
    words ??= unpack(packedCommonPasswords)
    return words.has(lowerCased)
  },
}
