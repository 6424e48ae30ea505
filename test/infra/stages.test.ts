import { describe, expect, test } from '@jest/globals'
import { findStage, stageNames } from '../../infra/stages.ts'

/** A message waits four days in its queue, and fourteen more among the dead letters until somebody sends it on. */
const longestWayOfAnEvent = 4 + 14

describe.each(stageNames)('what %s keeps', (name) => {
  const retention = findStage(name)?.retention
  if (!retention) throw new Error('there is no such stage')

  test('of mail records is longer than the event archive’s, so that no replay sends a mail twice', () => {
    expect(retention.accountMailDays).toBeGreaterThan(retention.eventDays + longestWayOfAnEvent)
    expect(retention.releaseDays).toBeGreaterThan(retention.eventDays + longestWayOfAnEvent)
  })

  test('of releases and imports is not shorter than that of the candidates who need them', () => {
    expect(retention.releaseDays).toBeGreaterThanOrEqual(retention.candidateDays)
    expect(retention.importDays).toBeGreaterThanOrEqual(retention.candidateDays)
  })

  test('of the audit trail is not shorter than that of its candidates', () => {
    expect(retention.auditDays).toBeGreaterThanOrEqual(retention.candidateDays)
  })
})
