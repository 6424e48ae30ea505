import { describe, expect, test } from '@jest/globals'
import { unsubscribeHandler } from '../../../functions/mail/unsubscribe/handler.ts'
import { unsubscribe } from '../../../functions/mail/unsubscribe/unsubscribe.ts'
import { aesUnsubscribeTokens } from '../../../shared/adapters/node/unsubscribe-tokens.ts'
import { originSecretHeader } from '../../../shared/contracts/http.ts'
import { httpEvent } from '../../support/http-event.ts'
import { inMemoryChangeableAccounts } from '../../support/in-memory/account-changes.ts'
import { inMemoryAccounts } from '../../support/in-memory/accounts.ts'
import { recordingLog } from '../../support/log.ts'
import { sampleAccount } from '../../support/samples.ts'

const tokens = aesUnsubscribeTokens(async () => 'a secret of many letters')

const fixture = () => {
  const accounts = inMemoryAccounts()
  const account = sampleAccount({ idNumber: 'ABC123456', email: 'Ana@example.org', emailOptIn: true })
  accounts.rows.set(account.idNumber, account)
  const use = unsubscribe({ tokens, accounts, choices: inMemoryChangeableAccounts(accounts) })
  const handler = unsubscribeHandler(use, { originSecret: 'origin', log: recordingLog() })
  const post = async (token: string, more: object = {}) => {
    const event = httpEvent('unsubscribe', { query: { token }, headers: { [originSecretHeader]: 'origin' } })
    const { statusCode, body } = await handler({ ...event, ...more } as never)
    return { status: statusCode, body: JSON.parse(body ?? '{}') as Record<string, unknown> }
  }
  return { accounts, account, post, stored: () => accounts.rows.get(account.idNumber) }
}

describe('the unsubscribe link (R09, RFC 8058)', () => {
  test('unsubscribes by a POST without session or JSON, repeatably, and changes nothing else', async () => {
    const there = fixture()
    const token = await tokens.issue('ABC123456', 'ana@example.org')
    const oneClick = {
      body: 'List-Unsubscribe=One-Click',
      headers: { [originSecretHeader]: 'origin', 'content-type': 'application/x-www-form-urlencoded' },
    }
    for (const more of [{}, oneClick, {}]) {
      expect(await there.post(token, more)).toEqual({ status: 200, body: {} })
      expect(there.stored()).toEqual({ ...there.account, emailOptIn: false })
    }
  })

  test('has no visible or other effect once the address has changed or the account is deleted', async () => {
    const there = fixture()
    const old = await tokens.issue('ABC123456', 'old@example.org')
    expect(await there.post(old)).toEqual({ status: 200, body: {} })
    expect(there.stored()).toEqual(there.account)
    expect(await there.post(await tokens.issue('NOBODY1', 'ana@example.org'))).toEqual({ status: 200, body: {} })
  })

  test.each(['', 'x', 'A'.repeat(70), 'ABC123456'])('is refused if it was not issued here: %p', async (token) => {
    const there = fixture()
    expect(await there.post(token)).toMatchObject({ status: 410, body: { code: 'link-expired' } })
    expect(there.stored()).toEqual(there.account)
  })

  test('came through CloudFront', async () => {
    const there = fixture()
    const token = await tokens.issue('ABC123456', 'ana@example.org')
    expect(await there.post(token, { headers: {} })).toMatchObject({ status: 403 })
    expect(there.stored()).toEqual(there.account)
  })
})

describe('its token', () => {
  test('is the same each time, and says nothing of ID, address or their lengths', async () => {
    const token = await tokens.issue('ABC123456', 'ana@example.org')
    expect(await tokens.issue('ABC123456', 'ana@example.org')).toBe(token)
    expect(token).toMatch(/^[\w-]{70}$/)
    expect(await tokens.issue('ABC123', 'a@b.example')).toHaveLength(70)
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('ABC')
    const read = await tokens.read(token)
    expect([read?.idNumber, read?.isFor('ana@example.org'), read?.isFor('eva@example.org')]).toEqual([
      'ABC123456',
      true,
      false,
    ])
  })

  test('is invalid under another key, or with any bit changed', async () => {
    const token = await tokens.issue('ABC123456', 'ana@example.org')
    expect(await aesUnsubscribeTokens(async () => 'another').read(token)).toBeUndefined()
    const bytes = Buffer.from(token, 'base64url')
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
      expect(await tokens.read(changed.toString('base64url'))).toBeUndefined()
    }
  })

  test('can be issued after a first failure to fetch the key', async () => {
    let tries = 0
    const flaky = aesUnsubscribeTokens(async () => {
      if (++tries === 1) throw new Error('busy')
      return 'key'
    })
    await expect(flaky.issue('ABC123', 'a@example.org')).rejects.toThrow('busy')
    expect(await flaky.issue('ABC123', 'a@example.org')).toHaveLength(70)
  })
})
