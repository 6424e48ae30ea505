import { describe, expect, test } from '@jest/globals'
import { startImport } from '../../functions/imports/start-import/start-import.ts'
import { sendResultEmails } from '../../functions/mail/send-result-emails/send-result-emails.ts'
import { readAllowList } from '../../shared/domain/allow-list.ts'
import { manualClock } from '../support/clock.ts'
import { mailFixture } from '../support/mail-fixture.ts'

/** A rehearsal reaches no candidate: files for another stage are refused, and only its allow-list is mailed (R51, R62). */
const stages = ['dev', 'staging', 'prod'] as const

describe('a file is accepted only by its own stage', () => {
  const started = async (stage: string, meantFor: string, fileName: string) => {
    let created = 0
    const ports = {
      imports: {
        create: async () => {
          created++
        },
      },
      files: { uploadUrl: async () => 'https://bucket' },
      clock: manualClock(),
      newId: () => 'id',
      stage,
    }
    const { outcome } = await startImport(ports as never)({ kind: 'results', fileName, stage: meantFor, by: 'olga' })
    expect(created).toBe(outcome === 'started' ? 1 : 0)
    return outcome
  }

  test('by the command line’s option, and by the file name', async () => {
    for (const stage of stages) {
      for (const other of stages) {
        const expected = stage === other ? 'started' : 'wrong-stage'
        expect(await started(stage, other, 'results.csv')).toBe(expected)
        for (const name of [
          `${other}.csv`,
          `results-${other}.csv`,
          `${other.toUpperCase()}_2026-11.csv`,
          `2026/${other}/results.csv`,
          `results ${other} (2).csv`,
        ]) {
          expect([stage, name, await started(stage, stage, name)]).toEqual([stage, name, expected])
        }
      }
      expect(await started(stage, stage, 'products-devised-in-stagings.csv')).toBe('started')
    }
  })
})

describe('a mail reaches', () => {
  const sentTo = async (allowList: string) => {
    const fixture = mailFixture()
    await fixture.load(6)
    for (const [index, email] of [
      'candidate@school.example',
      'tester@board.example',
      'TESTER@BOARD.EXAMPLE',
      'somebody@team.example',
      'success@simulator.amazonses.com',
      'tester@board.example.evil.example',
    ].entries()) {
      fixture.changes.set(`ID00000${index}`, { email })
    }
    const releaseId = await fixture.release()
    await fixture.announce(releaseId)
    await fixture.planAll()
    for (const message of fixture.emails.splice(0)) {
      await sendResultEmails({ ...fixture.ports, allowList: readAllowList(allowList) })(message)
    }
    expect(fixture.count('suppressed') + fixture.count('accepted')).toBe(6)
    return fixture.mail.accepted.map(({ to }) => to).toSorted()
  }

  test('only addresses on the stage’s allow-list, and the simulator', async () => {
    expect(await sentTo('tester@board.example, @team.example')).toEqual([
      'TESTER@BOARD.EXAMPLE',
      'somebody@team.example',
      'success@simulator.amazonses.com',
      'tester@board.example',
    ])
  })

  test('only the simulator without an allow-list', async () => {
    expect(await sentTo('')).toEqual(['success@simulator.amazonses.com'])
  })

  test('everybody in prod (negative control)', async () => {
    expect(await sentTo('*')).toHaveLength(6)
  })
})
