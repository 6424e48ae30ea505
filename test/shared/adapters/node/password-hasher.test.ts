import { describe, expect, test } from '@jest/globals'
import { argon2idHasher } from '../../../../shared/adapters/node/password-hasher.ts'

describe('the password hasher', () => {
  test('creates a PHC string of argon2id with 19 MiB, two passes, one lane and a new salt', async () => {
    const [one, two] = [await argon2idHasher.hash('sesame1234'), await argon2idHasher.hash('sesame1234')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(two).not.toBe(one)
  })

  test('salts alike where it is told what from, and each password and source otherwise', async () => {
    const phc = await argon2idHasher.hash('sesame1234', 'source')
    expect(await argon2idHasher.hash('sesame1234', 'source')).toBe(phc)
    expect(await argon2idHasher.verify('sesame1234', phc)).toBe(true)
    const [, , , , salt, hash] = phc.split('$')
    expect((await argon2idHasher.hash('sesame1234', 'another')).split('$')[4]).not.toBe(salt)
    expect((await argon2idHasher.hash('sesame1235', 'source')).split('$')[5]).not.toBe(hash)
  })

  test('verifies only the same password, case-sensitive and without truncation', async () => {
    const password = `${'x'.repeat(127)}Y`
    const phc = await argon2idHasher.hash(password)
    expect(await argon2idHasher.verify(password, phc)).toBe(true)
    for (const other of [password.toLowerCase(), password.slice(0, -1), `${password}Z`, '']) {
      expect(await argon2idHasher.verify(other, phc)).toBe(false)
    }
  })

  test('verifies hashes with other parameters from other implementations (reference implementation, RFC 9106)', async () => {
    const phc = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
    expect(await argon2idHasher.verify('password', phc)).toBe(true)
    expect(await argon2idHasher.verify('Password', phc)).toBe(false)
  })

  test('has a decoy of the same form and cost that matches no password', async () => {
    const [, , , cost, salt, hash] = argon2idHasher.decoy.split('$')
    expect([cost, salt?.length, hash?.length]).toEqual(['m=19456,t=2,p=1', 22, 43])
    expect(await argon2idHasher.verify('', argon2idHasher.decoy)).toBe(false)
  })

  test('rejects text that is not a PHC string', async () => {
    await expect(argon2idHasher.verify('sesame1234', 'sesame1234')).rejects.toThrow('not a PHC string')
  })
})
