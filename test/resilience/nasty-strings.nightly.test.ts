import { expect, test } from '@jest/globals'
import { nastyStrings } from '../support/nasty-strings/nasty-strings.ts'
import { runNasty } from '../support/nasty-strings/run.ts'

/** G6 at its nightly size; the negative controls are in the push tier. */
test('five thousand nasty strings, each in every place of the API, break nothing and do not leak', async () => {
  const report = await runNasty(nastyStrings(5_000), { everywhere: true, registrants: 200 })
  process.stdout.write(`${report.calls} calls in ${report.places} places:\n${report.tally}\n`)
  const { faults, faultCount, logged, inSubjects, mailFaults } = report
  expect({ faults, faultCount, logged, inSubjects, mailFaults }).toEqual({
    faults: [],
    faultCount: 0,
    logged: [],
    inSubjects: [],
    mailFaults: [],
  })
  expect(report.calls).toBe(5_000 * report.places)
}, 3_600_000)
