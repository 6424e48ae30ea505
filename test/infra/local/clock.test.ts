import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type MovableClock, movableClock } from '../../../infra/local/clock.ts'

const minute = 60_000
const running: MovableClock[] = []
const start = (file?: string) => {
  const clock = movableClock(file)
  running.push(clock)
  return clock
}
afterEach(() => {
  for (const clock of running.splice(0)) clock.stop()
})

describe('the clock of the local run', () => {
  test('follows the system clock until it is moved', () => {
    expect(Math.abs(start().now() - Date.now())).toBeLessThan(1_000)
  })

  test('runs due callbacks when it is moved, in chronological order, and no others', async () => {
    const clock = start()
    clock.freeze(true)
    const ran: string[] = []
    clock.at(clock.now() + 2 * minute, () => ran.push('second'))
    clock.at(clock.now() + minute, () => ran.push('first'))
    clock.at(clock.now() + 3 * minute + 1, () => ran.push('too late'))
    await clock.moveTo(clock.now() + 3 * minute)
    expect(ran).toEqual(['first', 'second'])
  })

  test('also runs due callbacks scheduled by others', async () => {
    const clock = start()
    clock.freeze(true)
    let ran = false
    clock.at(clock.now() + minute, () => clock.at(clock.now(), () => (ran = true)))
    await clock.moveTo(clock.now() + minute)
    expect(ran).toBe(true)
  })

  test('runs due callbacks without a move, but not cancelled ones', async () => {
    const clock = start()
    let cancelledRan = false
    const cancel = clock.at(clock.now() + 10, () => (cancelledRan = true))
    cancel()
    await new Promise<void>((resolve) => clock.at(clock.now() + 30, resolve))
    expect(cancelledRan).toBe(false)
  })

  test('stands still while it is frozen, and continues from there', async () => {
    const clock = start()
    await clock.moveTo(clock.now() + minute)
    clock.freeze(true)
    const shown = clock.now()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(clock.now()).toBe(shown)
    clock.freeze(false)
    expect(clock.now() - shown).toBeLessThan(1_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(clock.now()).toBeGreaterThan(shown)
  })

  test('refuses to move back, and beyond the year 9999', async () => {
    const clock = start()
    await expect(clock.moveTo(clock.now() - minute)).rejects.toThrow('only moves forward')
    await expect(clock.moveTo(8e15)).rejects.toThrow('9999')
    await expect(clock.moveTo(Number.NaN)).rejects.toThrow('9999')
  })

  test('notifies its listeners of each change', async () => {
    const clock = start()
    const seen: (number | undefined)[] = []
    clock.follow(({ frozenAt }) => seen.push(frozenAt))
    clock.freeze(true)
    const later = clock.now() + minute
    await clock.moveTo(later)
    expect(seen).toEqual([undefined, later - minute, later])
  })

  test('does not go back after a restart on the same folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clock-'))
    try {
      const file = join(folder, 'state', 'clock.json')
      const first = start(file)
      const moved = first.now() + 90 * minute
      await first.moveTo(moved)
      expect(start(file).now()).toBeGreaterThanOrEqual(moved)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
