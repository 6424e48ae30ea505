import { minute, second } from '../../../shared/domain/time.ts'
import type { Random } from '../simulation/seeded-random.ts'
import type { VirtualTime } from '../simulation/virtual-time.ts'
import { drawFault, type Faults } from './faults.ts'

/** One run of a function. A crashed run never continues. */
export interface Run {
  alive: boolean
}

/** The SDK has exhausted its retries; whether the request was applied is unknown. */
export class NoAnswer extends Error {}

/** The SDK's maximum number of attempts. */
const sendings = 3

/**
 * Requests between functions and tables in virtual time: each is applied atomically at some instant between request and
 * response, and a request that the SDK retries can be applied twice.
 */
export const network = (time: VirtualTime, random: Random, faults: Faults) => {
  /** Latency: mostly a few milliseconds, sometimes a hundred. */
  const latency = () => 1 + 10 * random.next() + 100 * random.next() ** 8
  const patience = () => random.between(50, 3 * second)

  const request = <Answer>(run: Run, execute: () => Answer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const apply = (milliseconds: number, answerAfter: number | undefined) =>
        time.after(milliseconds, () => {
          const settle = settled(execute, resolve, reject)
          if (answerAfter !== undefined) time.after(answerAfter, () => run.alive && settle())
        })
      const send = (sending: number) => {
        if (!run.alive) return
        const again = (milliseconds: number, name: string) =>
          time.after(milliseconds, () => {
            if (!run.alive) return
            if (sending < sendings) time.after(random.between(0, 100 * 2 ** sending), () => send(sending + 1))
            else reject(new NoAnswer(`${name}, ${sendings} times`))
          })
        switch (faults.lastWorks && sending === sendings ? 'none' : drawFault(faults, random)) {
          case 'none':
            return apply(latency(), latency())
          case 'slow':
            return apply(latency(), random.between(0, 2 * minute))
          case 'throttled':
            return again(latency(), 'throttled')
          case 'lost':
            return again(patience(), 'connection lost')
          case 'unanswered':
            apply(latency(), undefined)
            return again(patience(), 'connection lost')
          case 'delayed':
            apply(random.between(0, 10 * second), undefined)
            return again(patience(), 'connection lost')
          case 'dead-after':
            apply(latency(), undefined)
            run.alive = false
            return
          case 'dead-before':
            run.alive = false
        }
      }
      send(1)
    })

  /** Work within a function that takes so long; it may die of it. */
  const work = (run: Run, milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (random.chance(faults.death)) run.alive = false
      time.after(milliseconds, () => run.alive && resolve())
    })

  return { request, work }
}

/** Executes immediately and delivers the response on demand. */
const settled = <Answer>(
  execute: () => Answer,
  resolve: (answer: Answer) => void,
  reject: (error: unknown) => void,
) => {
  try {
    const answer = execute()
    return () => resolve(answer)
  } catch (error) {
    return () => reject(error)
  }
}
