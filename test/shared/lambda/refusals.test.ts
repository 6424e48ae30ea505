import { describe, expect, test } from '@jest/globals'
import { operations } from '../../../shared/contracts/http.ts'
import type { AuditEntry } from '../../../shared/domain/audit.ts'
import { epochMilliseconds, hour } from '../../../shared/domain/time.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import { problem } from '../../../shared/lambda/problem.ts'
import { httpEvent, type Request, send } from '../../support/http-event.ts'
import { inMemoryRefusals } from '../../support/in-memory/refusals.ts'
import { recordingLog } from '../../support/log.ts'

const role = 'arn:aws:sts::123456789012:assumed-role/results-operator'
const session = '2026-11-b2-first-digital'

const door = (options: Partial<ChainOptions> = {}) => {
  let now = Date.parse('2026-12-01T09:12:00Z')
  const refusals = inMemoryRefusals()
  const log = recordingLog()
  const handler = httpHandler(
    operations.approveRelease,
    { refusals, log, clock: { now: () => epochMilliseconds(now) }, ...options },
    ({ caller }) => {
      if (caller.toLowerCase() === 'olga') return problem('same-person')
      return caller === 'late' ? problem('manifest-changed') : { status: 204 }
    },
  )
  return {
    lines: () => [...refusals.rows.values()],
    log,
    refusals,
    advance: (milliseconds: number) => {
      now += milliseconds
    },
    ask: (userArn: string | undefined, more: Request = {}) =>
      send(
        handler,
        httpEvent('approveRelease', {
          body: { manifest: 'm' },
          pathParameters: { session },
          ...(userArn !== undefined && { userArn }),
          ...more,
        }),
      ),
  }
}

describe('an operation that is refused to who asks for it stands in the audit trail (G8)', () => {
  test('approving what one has planned, with the release that it was about', async () => {
    const { ask, lines } = door()
    expect(await ask(`${role}/olga`)).toMatchObject({ statusCode: 409, json: { code: 'same-person' } })
    expect(lines()).toEqual([
      {
        subject: `release/${session}`,
        at: Date.parse('2026-12-01T09:00:00Z'),
        id: 'release/approve-release/same-person/olga',
        by: 'olga',
        action: 'operation-refused',
        details: {
          operation: 'release/approve-release',
          reason: 'same-person',
          firstAt: '2026-12-01T09:12:00.000Z',
        },
      },
    ])
  })

  test.each([
    ['root', 'arn:aws:iam::123456789012:root', 'root'],
    ['a user', 'arn:aws:iam::123456789012:user/mallory', 'user/mallory'],
    ['a session that carries nobody’s name', `${role}/botocore-session-1700000000`, 'assumed-role/results-operator'],
    ['a federated user', 'arn:aws:sts::123456789012:federated-user/olga', 'federated-user'],
    ['nobody', undefined, 'nobody'],
  ])('a caller who is no person: %s', async (_who, userArn, by) => {
    const { ask, lines } = door()
    expect(await ask(userArn)).toMatchObject({ statusCode: 403 })
    expect(lines()).toMatchObject([{ subject: 'refused', by, details: { reason: 'forbidden' } }])
  })

  test('but not successful operations, nor refusals because of the current state', async () => {
    const { ask, lines } = door()
    await ask(`${role}/piet`)
    await ask(`${role}/late`)
    await ask(`${role}/piet`, { body: { manifest: 1 } })
    expect(lines()).toEqual([])
  })

  test('if it cannot be written, the response is the same, and the log has an error', async () => {
    const failing = { note: () => Promise.reject(new Error('throttled')) }
    const { ask, log } = door({ refusals: failing })
    expect(await ask(`${role}/olga`)).toMatchObject({ statusCode: 409 })
    expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toContain('error refusal not written down')
  })
})

describe('repeated attempts', () => {
  /** A morning of tries by one who invents names, spellings, paths and times. */
  const tries = async ({ ask, advance }: ReturnType<typeof door>) => {
    for (let index = 0; index < 600; index++) {
      await ask(`${role}/${['olga', 'OLGA', 'oLgA'][index % 3]}`)
      await ask(`${role}/botocore-session-${index}`, { pathParameters: { session: `made-up-${index}` } })
      advance(hour / 200)
    }
  }

  test('add one line per hour and kind of refusal, and no more', async () => {
    const one = door()
    await tries(one)
    // From 09:12 to 12:12 there are four hours by the clock.
    expect(one.lines()).toHaveLength(2 * 4)
  })

  test('broken variant: one line per refusal would grow with every attempt', async () => {
    const kept: AuditEntry[] = []
    const one = door({ refusals: { note: async (entry) => void kept.push(entry) } })
    await tries(one)
    expect(kept.length).toBeGreaterThan(1_000)
  })
})
