import { describe, expect, test } from '@jest/globals'
import { logInHandler } from '../../../functions/identity/log-in/handler.ts'
import { type LogIn, type LogInOutcome, logIn } from '../../../functions/identity/log-in/log-in.ts'
import type { Account } from '../../../shared/domain/account.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { Verdict } from '../../../shared/protocols/secret-gate.ts'
import { manualClock } from '../../support/clock.ts'
import { httpEvent, originSecret, send } from '../../support/http-event.ts'
import { inMemorySessions } from '../../support/in-memory/sessions.ts'
import { recordingLog } from '../../support/log.ts'
import { sampleAccount } from '../../support/samples.ts'

const typed = { idNumber: 'ABC12345', password: 'sesame1234' }

describe('logging in', () => {
  const setUp = (verdict: Verdict<Account>) => {
    const clock = manualClock('2026-11-23T09:00:00.000Z')
    const sessions = inMemorySessions()
    const tried: string[][] = []
    const useCase = logIn({
      sessions,
      clock,
      tryPassword: async (...pair) => {
        tried.push(pair)
        return verdict
      },
    })
    return { useCase, sessions, clock, tried }
  }

  test('starts a session of half an hour in the account’s current epoch', async () => {
    const { useCase, sessions, clock } = setUp({ verdict: 'right', holder: sampleAccount() })
    const outcome = await useCase(typed)
    if (outcome.outcome !== 'signed-in') throw new Error(outcome.outcome)
    expect(outcome.expiresAt).toBe(clock.now() + 1_800_000)
    expect(sessions.rows.get(outcome.token)).toMatchObject({ idNumber: 'ABC12345', epoch: 'epoch-1' })
  })

  test.each<[Verdict<Account>, LogInOutcome]>([
    [{ verdict: 'wrong' }, { outcome: 'refused' }],
    [{ verdict: 'busy' }, { outcome: 'busy' }],
    [
      { verdict: 'locked', lockedUntil: epochMilliseconds(1) },
      { outcome: 'locked', lockedUntil: epochMilliseconds(1) },
    ],
  ])('begins no session where the gate says %j', async (verdict, outcome) => {
    const { useCase, sessions } = setUp(verdict)
    expect(await useCase(typed)).toEqual(outcome)
    expect(sessions.rows.size).toBe(0)
  })

  test('treats any text of up to 1,024 characters as an attempt, and rejects longer ones', async () => {
    const { useCase, tried } = setUp({ verdict: 'wrong' })
    for (const text of ['', ' ', '\0', 'ñ'.repeat(1024), '😀'.repeat(1024)]) {
      expect(await useCase({ idNumber: text, password: text })).toEqual({ outcome: 'refused' })
    }
    expect(tried).toHaveLength(5)
    for (const character of ['x', '😀']) {
      expect(await useCase({ idNumber: 'x', password: character.repeat(1025) })).toEqual({
        outcome: 'malformed',
        fields: [{ path: 'password', code: 'too-long' }],
      })
    }
    expect(tried).toHaveLength(5)
  })
})

describe('the response to a login', () => {
  const answerTo = (outcome: LogInOutcome) => {
    const useCase: LogIn = async () => outcome
    const clock = manualClock('2026-11-23T09:00:00.000Z')
    const handler = logInHandler(useCase, { originSecret, log: recordingLog(), clock })
    return send(handler, httpEvent('logIn', { body: typed }))
  }

  test('is a cookie that scripts and other sites cannot read, and the end of the session', async () => {
    const expiresAt = epochMilliseconds(Date.parse('2026-11-23T09:30:00Z'))
    const answer = await answerTo({ outcome: 'signed-in', token: 'T'.repeat(43), expiresAt })
    expect(answer).toMatchObject({ statusCode: 201, json: { expiresAt: '2026-11-23T09:30:00.000Z' } })
    expect(answer.cookies).toEqual([`__Host-session=${'T'.repeat(43)}; Path=/; Secure; HttpOnly; SameSite=Strict`])
  })

  test('is the same for all wrong details', async () => {
    expect(await answerTo({ outcome: 'refused' })).toMatchObject({
      statusCode: 401,
      json: { code: 'incorrect-details' },
    })
  })

  test('is exactly the lock’s text, with its end and the seconds until then rounded up (R23)', async () => {
    const lockedUntil = epochMilliseconds(Date.parse('2026-11-23T09:10:00.001Z'))
    const answer = await answerTo({ outcome: 'locked', lockedUntil })
    expect(answer).toMatchObject({
      statusCode: 423,
      json: {
        code: 'account-locked',
        detail: 'This account has been locked. Please try again in 30 minutes.',
        lockedUntil: '2026-11-23T09:10:00.001Z',
      },
    })
    expect(answer.headers['retry-after']).toBe('601')
  })

  test('asks to try again in a second while other attempts are in flight', async () => {
    const answer = await answerTo({ outcome: 'busy' })
    expect(answer).toMatchObject({ statusCode: 429, json: { code: 'try-again' } })
    expect(answer.headers['retry-after']).toBe('1')
  })

  test('names the refused field but never its value', async () => {
    const answer = await answerTo({ outcome: 'malformed', fields: [{ path: 'password', code: 'too-long' }] })
    expect(answer).toMatchObject({ statusCode: 400, json: { fields: [{ path: 'password', code: 'too-long' }] } })
  })
})
