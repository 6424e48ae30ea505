import { describe, expect, test } from '@jest/globals'
import { listDeadLetters } from '../../../functions/queues/list-dead-letters/list-dead-letters.ts'
import { redriveDeadLetters } from '../../../functions/queues/redrive-dead-letters/redrive-dead-letters.ts'
import { deadLetterQueues } from '../../../shared/contracts/dead-letters.ts'
import type { AuditEntry } from '../../../shared/domain/audit.ts'
import { manualClock } from '../../support/clock.ts'

const fixture = (lying: Readonly<Record<string, number>>) => {
  const moved: string[] = []
  const audit: AuditEntry[] = []
  const counts = { count: async (name: string) => lying[name] ?? 0 }
  const redrive = redriveDeadLetters({
    counts,
    moves: {
      async begin(name) {
        // Written down before it is done.
        expect(audit.at(-1)?.subject).toBe(`queue/${name}`)
        moved.push(name)
      },
    },
    audit: { write: async (entry) => void audit.push(entry) },
    clock: manualClock(),
    newId: () => 'id',
  })
  return { moved, audit, list: listDeadLetters({ counts }), redrive }
}

describe('dead letters', () => {
  test('are listed by queue, with a description', async () => {
    const listed = await fixture({ 'result-emails': 3, outbox: 1 }).list()
    expect(listed).toHaveLength(Object.keys(deadLetterQueues).length)
    expect(listed.filter(({ messages }) => messages > 0)).toEqual([
      { queue: 'result-emails', messages: 3, holds: deadLetterQueues['result-emails'], redrivable: true },
      { queue: 'outbox', messages: 1, holds: deadLetterQueues.outbox, redrivable: false },
    ])
  })

  test('are redriven, all or those of one queue, with an audit line', async () => {
    const there = fixture({ 'result-emails': 3, 'account-emails': 2, outbox: 1 })
    expect(await there.redrive({ queue: 'result-emails', by: 'olga' })).toEqual({
      outcome: 'redriven',
      queues: [{ queue: 'result-emails', messages: 3 }],
    })
    expect(there.audit).toMatchObject([{ by: 'olga', action: 'dead-letters-redriven', details: { messages: 3 } }])
    await there.redrive({ queue: undefined, by: 'piet' })
    expect(there.moved.toSorted()).toEqual(['account-emails', 'result-emails', 'result-emails'])
  })

  test.each(['outbox', 'release', 'no-such-queue', 'toString'])('cannot be redriven to %s', async (queue) => {
    const there = fixture({ [queue]: 1 })
    expect(await there.redrive({ queue, by: 'olga' })).toEqual({ outcome: 'no-such-queue' })
    expect(there.moved).toEqual([])
  })

  test('are an empty list if there are none', async () => {
    expect(await fixture({}).redrive({ queue: undefined, by: 'olga' })).toEqual({ outcome: 'redriven', queues: [] })
  })
})
