import { expect, test } from '@jest/globals'
import { priorityQueue } from '../../../infra/local/priority-queue.ts'
import { fc } from '../../support/properties.ts'

test('whoever waits for the earliest instant comes first, of one instant whoever came first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (instants) => {
      const waiting = priorityQueue<number>()
      instants.forEach((at, index) => {
        waiting.add(at, index)
      })
      const taken = instants.map(() => {
        const first = waiting.first()
        expect(waiting.take()).toBe(first)
        return first?.item
      })
      const expected = instants.map((at, index) => ({ at, index })).toSorted((a, b) => a.at - b.at || a.index - b.index)
      expect(taken).toEqual(expected.map(({ index }) => index))
      expect(waiting.take()).toBeUndefined()
    }),
  )
})
