import { describe, expect, test } from '@jest/globals'
import { changeAccount } from '../../../functions/identity/change-account/change-account.ts'
import { changeAccountHandler } from '../../../functions/identity/change-account/handler.ts'
import { answers } from '../../../shared/contracts/answers.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret, send, siteUrl } from '../../support/http-event.ts'
import { inMemoryChangeableAccounts } from '../../support/in-memory/account-changes.ts'
import { inMemoryAccounts } from '../../support/in-memory/accounts.ts'
import { inMemoryEntries } from '../../support/in-memory/entries.ts'
import { recordingLog } from '../../support/log.ts'
import { sampleAccount, sampleEntry } from '../../support/samples.ts'

const setUp = (caller: ReturnType<typeof sampleAccount> | undefined = sampleAccount()) => {
  const accounts = inMemoryAccounts()
  accounts.rows.set('ABC12345', sampleAccount())
  const { entries } = inMemoryEntries({ entry: sampleEntry(), secretHash: 'hash of the Secret number' })
  const log = recordingLog()
  const handler = changeAccountHandler(
    changeAccount({ accounts: inMemoryChangeableAccounts(accounts), entries, clock: manualClock() }),
    {
      originSecret,
      siteUrl,
      authenticate: async () => caller,
      log,
    },
  )
  const change = (body: object, headers = {}) =>
    send(handler, httpEvent('changeAccount', { body, headers, cookie: '__Host-session=x' }))
  return { accounts, change }
}

describe('a candidate changes their details (R54)', () => {
  test('all of them, and sees the new values', async () => {
    const { change, accounts } = setUp()
    const choices = { country: 'prefer-not-to-say', firstLanguage: 'fr', emailOptIn: false, language: 'fr' }
    const answer = await change(choices)
    expect(answer).toMatchObject({ statusCode: 200, json: { idNumber: 'ABC12345', givenName: 'Ana', ...choices } })
    expect(answers.changeAccount.success[200]?.safeParse(answer.json).success).toBe(true)
    expect(accounts.rows.get('ABC12345')).toEqual(sampleAccount(choices as object))
  })

  test.each<[string, object]>([
    ['whether to be told by email (R09)', { emailOptIn: false }],
    ['the language of pages and mails (R58)', { language: 'it' }],
    ['where they are from (R07)', { country: 'IT' }],
    ['their first language (R07)', { firstLanguage: 'prefer-not-to-say' }],
  ])('%s alone', async (_what, choice) => {
    const { change, accounts } = setUp()
    expect(await change(choice)).toMatchObject({ statusCode: 200, json: choice })
    expect(accounts.rows.get('ABC12345')).toEqual(sampleAccount(choice))
  })

  test('but no other values, and sees them unchanged', async () => {
    const { change, accounts } = setUp()
    expect(await change({})).toMatchObject({ statusCode: 200, json: { country: 'ES', language: 'es' } })
    expect(accounts.rows.get('ABC12345')).toEqual(sampleAccount())
  })
})

describe('nothing is changed', () => {
  test.each<[object, { path: string; code: string }[]]>([
    [{ country: 'XX', emailOptIn: false }, [{ path: 'country', code: 'not-in-list' }]],
    [{ country: 'es' }, [{ path: 'country', code: 'not-in-list' }]],
    [{ firstLanguage: 'xx' }, [{ path: 'firstLanguage', code: 'not-in-list' }]],
    [
      { language: 'pt', country: '' },
      [
        { path: 'country', code: 'not-in-list' },
        { path: 'language', code: 'not-in-list' },
      ],
    ],
    [{ emailOptIn: 'yes' }, [{ path: 'emailOptIn', code: 'not-a-boolean' }]],
    [{ country: null }, [{ path: 'country', code: 'not-a-string' }]],
    [{ email: 'other@example.org' }, [{ path: 'email', code: 'unknown-field' }]],
    [{ passwordHash: 'x', country: 'IT' }, [{ path: 'passwordHash', code: 'unknown-field' }]],
  ])('by %j', async (body, fields) => {
    const { change, accounts } = setUp()
    expect(await change(body)).toMatchObject({ statusCode: 400, json: { code: 'malformed-request', fields } })
    expect(accounts.rows.get('ABC12345')).toEqual(sampleAccount())
  })

  test('by callers who are not signed in', async () => {
    const accounts = inMemoryAccounts()
    const handler = changeAccountHandler(async () => ({ outcome: 'no-such-account' }), {
      originSecret,
      authenticate: async () => undefined,
      log: recordingLog(),
    })
    expect(await send(handler, httpEvent('changeAccount', { body: { country: 'IT' } }))).toMatchObject({
      statusCode: 401,
      json: { code: 'not-signed-in' },
    })
    expect(accounts.rows.size).toBe(0)
  })

  test('of an account that was registered again since the session was read', async () => {
    const { change, accounts } = setUp()
    const anew = sampleAccount({ registeredAt: (sampleAccount().registeredAt + 1) as never })
    accounts.rows.set('ABC12345', anew)
    expect(await change({ country: 'IT' })).toMatchObject({ statusCode: 401, json: { code: 'not-signed-in' } })
    expect(accounts.rows.get('ABC12345')).toEqual(anew)
  })

  test('from a cross-site page', async () => {
    const { change, accounts } = setUp()
    expect(await change({ country: 'IT' }, { 'Sec-Fetch-Site': 'cross-site' })).toMatchObject({ statusCode: 403 })
    expect(accounts.rows.get('ABC12345')).toEqual(sampleAccount())
  })
})
