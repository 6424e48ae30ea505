import { describe, expect, test } from '@jest/globals'
import { mapConcurrently } from '../../../shared/protocols/map-concurrently.ts'

async function* numbers(upTo: number) {
  for (let number = 1; number <= upTo; number++) yield number
}

/** Work that ends when it is told to, in whatever order. */
const workshop = () => {
  const begun = new Map<number, { done: (result: string) => void; fail: (error: Error) => void }>()
  const work = (item: number) =>
    new Promise<string>((done, fail) => {
      begun.set(item, { done, fail })
    })
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  return { begun, work, settle }
}

describe('concurrent mapping', () => {
  test('starts at most so many items concurrently, and yields results in order', async () => {
    const { begun, work, settle } = workshop()
    const results = mapConcurrently(numbers(5), 3, work)
    const first = results.next()
    await settle()
    expect([...begun.keys()]).toEqual([1, 2, 3])
    begun.get(3)?.done('three')
    begun.get(2)?.done('two')
    begun.get(1)?.done('one')
    expect((await first).value).toBe('one')
    expect((await results.next()).value).toBe('two')
    await settle()
    expect((await results.next()).value).toBe('three')
    begun.get(4)?.done('four')
    expect((await results.next()).value).toBe('four')
    begun.get(5)?.done('five')
    expect((await results.next()).value).toBe('five')
    expect((await results.next()).done).toBe(true)
  })

  test('reports a failure in order, after all started items have ended', async () => {
    const { begun, work, settle } = workshop()
    const results = mapConcurrently(numbers(9), 3, work)
    const first = results.next()
    await settle()
    begun.get(1)?.fail(new Error('broken'))
    let isTold = false
    const told = first.catch((error: Error) => {
      isTold = true
      return error.message
    })
    await settle()
    expect(isTold).toBe(false)
    begun.get(2)?.done('two')
    begun.get(3)?.fail(new Error('too late to matter'))
    expect(await told).toBe('broken')
    expect([...begun.keys()]).toEqual([1, 2, 3])
  })

  test('completes started items if stopped early', async () => {
    const { begun, work, settle } = workshop()
    let hasStopped = false
    const reading = (async () => {
      for await (const _ of mapConcurrently(numbers(9), 2, work)) break
      hasStopped = true
    })()
    await settle()
    begun.get(1)?.done('one')
    await settle()
    expect(hasStopped).toBe(false)
    begun.get(2)?.done('two')
    await reading
    expect(hasStopped).toBe(true)
  })
})
