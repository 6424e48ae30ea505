import { expect, test } from '@jest/globals'
import { mayReceive, readAllowList } from '../../../shared/domain/allow-list.ts'

const may = (list: string, address: string) => mayReceive(readAllowList(list), address)

test('everybody is mailed if the stage is configured so', () => {
  expect(may('*', 'anybody@candidate.example')).toBe(true)
})

test('otherwise only listed addresses and domains, case-insensitively', () => {
  const list = 'tester@board.example, @Rehearsal.example'
  expect(may(list, 'Tester@Board.example')).toBe(true)
  expect(may(list, 'anybody@rehearsal.example')).toBe(true)
  expect(may(list, 'other@board.example')).toBe(false)
  expect(may(list, 'x@not-rehearsal.example')).toBe(false)
  expect(may(list, 'tester@board.example@evil.example')).toBe(false)
  expect(may(list, '@rehearsal.example.evil.example')).toBe(false)
})

test('an empty list allows only the SES simulator', () => {
  expect(may('', 'candidate@example.org')).toBe(false)
  expect(may('', '')).toBe(false)
  expect(may('', 'bounce@simulator.amazonses.com')).toBe(true)
})
