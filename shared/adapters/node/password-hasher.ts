import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { PasswordHasher } from '../../ports/password-hasher.ts'

const derive = promisify(argon2)

interface Cost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** OWASP's parameters for argon2id (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html). */
const cost: Cost = { memory: 19 * 1024, passes: 2, parallelism: 1 }
const saltBytes = 16
const hashBytes = 32

/** argon2id (RFC 9106) on libuv's threads, as PHC strings. */
export const argon2idHasher: PasswordHasher = {
  async hash(password, saltSource) {
    const salt = saltSource === undefined ? randomBytes(saltBytes) : derivedSalt(saltSource)
    return phcOf(cost, salt, await argon2id(password, salt, cost, hashBytes))
  },
  async verify(password, phc) {
    const { cost: itsCost, salt, hash } = readPhc(phc)
    return timingSafeEqual(await argon2id(password, salt, itsCost, hash.length), hash)
  },
  // A hash of all zeros, which no known password has.
  decoy: phcOf(cost, Buffer.from('salt of no one !'), Buffer.alloc(hashBytes)),
}

function derivedSalt(source: string): Buffer {
  return createHash('sha256').update(source).digest().subarray(0, saltBytes)
}

function argon2id(password: string, nonce: Buffer, { memory, passes, parallelism }: Cost, tagLength: number) {
  return derive('argon2id', { message: password, nonce, memory, passes, parallelism, tagLength })
}

function phcOf({ memory, passes, parallelism }: Cost, salt: Buffer, hash: Buffer): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

const phcPattern = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

const readPhc = (phc: string): { cost: Cost; salt: Buffer; hash: Buffer } => {
  const [, memory, passes, parallelism, salt, hash] = phcPattern.exec(phc) ?? []
  if (salt === undefined || hash === undefined) throw new Error('a stored password hash is not a PHC string')
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}
