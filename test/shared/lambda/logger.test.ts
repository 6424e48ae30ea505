import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { createLog, type LogFields } from '../../../shared/lambda/logger.ts'

describe('the log', () => {
  const lines: string[] = []
  beforeEach(() => {
    lines.length = 0
    process.env.POWERTOOLS_DEV = 'true'
    jest.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)))
  })
  afterEach(() => {
    delete process.env.POWERTOOLS_DEV
    jest.restoreAllMocks()
  })

  test('writes only listed fields, whatever it is given', () => {
    const smuggled = { requestId: 'r1', status: 500, email: 'a@example.org', event: { body: 'secret' }, reason: {} }
    createLog().error('answered', smuggled as unknown as LogFields)
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'ERROR',
      message: 'answered',
      requestId: 'r1',
      status: 500,
    })
    expect(lines[0]).not.toMatch(/example|secret|email|event/)
  })
})
