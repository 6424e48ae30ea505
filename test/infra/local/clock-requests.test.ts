import { expect, test } from '@jest/globals'
import { movableClock } from '../../../infra/local/clock.ts'
import { clockRequests } from '../../../infra/local/clock-requests.ts'
import { openLocalServer } from '../../../infra/local/local-server.ts'

/** Functions are told of each move before the request goes on, and the machine's clock does not stand still for it. */
const slowFollower = () => {
  const until = performance.now() + 3
  while (performance.now() < until);
}

test.each([true, false])(
  'setting frozen to %s without a move never moves the clock back, however long it takes',
  async (frozen) => {
    const clock = movableClock()
    clock.follow(slowFollower)
    const door = await openLocalServer(0, () => undefined)
    door.answerWith(clockRequests(clock))
    try {
      const answer = await fetch(door.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advanceSeconds: 0, frozen }),
      })
      expect(await answer.json()).toEqual({ now: expect.any(String) })
      expect(answer.status).toBe(200)
    } finally {
      clock.stop()
      await door.stop()
    }
  },
)
