import { describe, test } from '@jest/globals'
import { hour } from '../../shared/domain/time.ts'
import { allFaults, delays, noFaults, slowFaults } from '../support/lock/faults.ts'
import { evaluatesThreeInHalfAnHour, evaluatesThreeOf } from '../support/lock/guesses.ts'
import { deployedLock } from '../support/lock/lock.ts'

/** `lock-guesses.test.ts` at full size (G1), without negative controls: 10,000 IDs, 1,000 guesses for each. */
describe('ten million wrong passwords', () => {
  test.each([
    ['where nothing goes wrong', noFaults],
    ['with throttling, lost responses, crashes and clock skew', allFaults],
  ])(
    'for 5,000 IDs, 1,000 each: at most three are evaluated for each, %s',
    async (_how, faults) => {
      await evaluatesThreeOf(deployedLock, { ids: 5_000, guesses: 1_000, faults })
    },
    hour,
  )

  test.each([
    ['where nothing goes wrong', noFaults],
    ['with throttling, lost responses, crashes and clock skew', allFaults],
    ['with answers that take minutes', slowFaults],
    ['with requests that arrive late and twice', delays],
  ])(
    'for 10,000 IDs over hours, and right ones between: at most three in half an hour, %s',
    async (_how, faults) => {
      await evaluatesThreeInHalfAnHour(deployedLock, 10_000, faults)
    },
    hour,
  )
})
