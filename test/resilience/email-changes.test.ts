import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { day, epochMilliseconds, hour } from '../../shared/domain/time.ts'
import type { EmailChanges } from '../../shared/ports/email-changes.ts'
import { accountEndpoints } from '../support/account-endpoints.ts'
import { manualClock } from '../support/clock.ts'
import { withDedicatedClient } from '../support/dedicated-client.ts'
import { startTables, type TestTables } from '../support/dynamodb.ts'

/** A new address must be confirmed before it is used; the old one stays until then and is notified (R55). */
jest.setTimeout(120_000)

let tables: TestTables
let doors: ReturnType<typeof accountEndpoints>
const clock = manualClock()
beforeAll(async () => {
  tables = withDedicatedClient(await startTables())
  doors = accountEndpoints(tables, clock)
})
afterAll(() => tables?.stop())

const withLink = async (address = 'new@example.org') => {
  const idNumber = await doors.someone({ emailBounced: true })
  await doors.changeEmail(idNumber, address)
  const eventId = (await doors.account(idNumber)).pendingEmail?.eventId ?? ''
  return { idNumber, eventId, token: (await doors.mailed.issueEmailToken(idNumber, eventId)) ?? '' }
}

describe('requesting another address', () => {
  test('stores it, while the old one stays in force', async () => {
    const idNumber = await doors.someone()
    expect(await doors.changeEmail(idNumber, 'new@example.org')).toMatchObject({ statusCode: 202, body: '{}' })
    expect(await doors.account(idNumber)).toMatchObject({
      email: 'ana@example.org',
      pendingEmail: { address: 'new@example.org', requestedAt: clock.now() },
    })
    expect(await doors.told(idNumber)).toEqual(['email-change-requested'])
  })

  test('requires the current password, subject to the lock', async () => {
    const idNumber = await doors.someone()
    const lockedUntil = epochMilliseconds(clock.now() + hour)
    const answers = [
      await doors.changeEmail(idNumber, 'new@example.org', async () => ({ verdict: 'wrong' })),
      await doors.changeEmail(idNumber, 'new@example.org', async () => ({ verdict: 'locked', lockedUntil })),
      await doors.changeEmail(idNumber, 'new@example.org', async () => ({ verdict: 'busy' })),
    ]
    expect(answers.map(({ statusCode, json }) => [statusCode, json?.code])).toEqual([
      [401, 'incorrect-details'],
      [423, 'account-locked'],
      [429, 'try-again'],
    ])
    expect(await doors.told(idNumber)).toEqual([])
  })

  test('rejects invalid addresses without checking the password', async () => {
    const idNumber = await doors.someone()
    const never = () => Promise.reject(new Error('tried'))
    expect(await doors.changeEmail(idNumber, 'not an address', never)).toMatchObject({
      statusCode: 400,
      json: { fields: [{ path: 'email', code: 'email-format' }] },
    })
  })

  test('sends strangers at most three mails an hour', async () => {
    const idNumber = await doors.someone()
    const statuses = []
    for (let times = 0; times < 4; times++) {
      statuses.push((await doors.changeEmail(idNumber, `stranger${times}@example.org`)).statusCode)
    }
    expect(statuses).toEqual([202, 202, 202, 429])
    expect(await doors.told(idNumber)).toHaveLength(3)
    expect(await doors.account(idNumber)).toMatchObject({ pendingEmail: { address: 'stranger2@example.org' } })
  })
})

describe('the link to confirm it', () => {
  test('activates it, clears the bounce mark, and invalidates links sent to the old one', async () => {
    const { idNumber, token } = await withLink()
    const reset = (await doors.linkFor(idNumber)) ?? ''
    expect(await doors.confirmEmail(token)).toMatchObject({ statusCode: 204 })
    const account = await doors.account(idNumber)
    expect(account).toMatchObject({
      email: 'new@example.org',
      emailBounced: false,
      formerEmail: { address: 'ana@example.org' },
    })
    expect(account).not.toHaveProperty('pendingEmail')
    expect(await doors.told(idNumber)).toEqual(expect.arrayContaining(['email-change-requested', 'email-changed']))
    expect(await doors.reset(reset)).toMatchObject({ statusCode: 410 })
    await doors.mailed.forgetFormerEmail(idNumber, 'another event')
    expect(await doors.account(idNumber)).toHaveProperty('formerEmail')
    await doors.mailed.forgetFormerEmail(idNumber, account.formerEmail?.eventId ?? '')
    expect(await doors.account(idNumber)).not.toHaveProperty('formerEmail')
  })

  test('is invalid once used, replaced by another request, a day old, or forged', async () => {
    const used = await withLink()
    await doors.confirmEmail(used.token)
    const replaced = await withLink()
    // Also by another wish for the same address: its own mail brings the link that works.
    await doors.changeEmail(replaced.idNumber, 'new@example.org')
    expect(await doors.mailed.issueEmailToken(replaced.idNumber, replaced.eventId)).toBeUndefined()
    const old = await withLink()
    const reset = (await doors.linkFor(old.idNumber)) ?? ''
    clock.advance(day)
    for (const token of [used.token, replaced.token, old.token, reset, 'A'.repeat(43), '', 'ñ']) {
      expect(await doors.confirmEmail(token)).toMatchObject({ statusCode: 410, json: { code: 'link-expired' } })
    }
    const fresh = await withLink()
    clock.advance(day - 1)
    expect(await doors.confirmEmail(fresh.token)).toMatchObject({ statusCode: 204 })
  })

  test('is not issued if there is nothing left to confirm, as after a redrive of its message', async () => {
    const idNumber = await doors.someone()
    await doors.changeEmail(idNumber, 'new@example.org')
    const eventId = (await doors.account(idNumber)).pendingEmail?.eventId ?? ''
    clock.advance(day)
    expect(await doors.mailed.issueEmailToken(idNumber, eventId)).toBeUndefined()
  })

  test('used two hundred times concurrently activates it once (G2)', async () => {
    const { idNumber, token } = await withLink()
    const answers = await Promise.all(Array.from({ length: 200 }, () => doors.confirmEmail(token)))
    expect(answers.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1)
    expect((await doors.told(idNumber)).filter((type) => type === 'email-changed')).toHaveLength(1)
  })

  test('has several notifications if the link is read first and deleted afterwards (negative control)', async () => {
    const { idNumber, token } = await withLink()
    let looked = 0
    const all = Promise.withResolvers<void>()
    const careless: Pick<EmailChanges, 'confirm'> = {
      async confirm(_token, eventOf) {
        const { pendingEmail } = await doors.account(idNumber)
        if (++looked === 5) all.resolve()
        await all.promise
        if (!pendingEmail) return 'expired'
        await doors.resets.tell(eventOf(idNumber))
        return 'confirmed'
      },
    }
    await Promise.all(Array.from({ length: 5 }, () => doors.confirmEmail(token, careless)))
    expect((await doors.told(idNumber)).filter((type) => type === 'email-changed').length).toBeGreaterThan(1)
  })
})
