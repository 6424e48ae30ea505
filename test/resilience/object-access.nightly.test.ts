import { expect, test } from '@jest/globals'
import { openTestUsers } from '../support/object-access/test-users.ts'

/** G8 at its nightly size; the negative controls are in the push tier. */
test('five identifiers of each kind, each in every place, give nobody access to data of others', async () => {
  const cast = await openTestUsers()
  try {
    for (const principal of [...cast.people, ...cast.strangers]) {
      const { successes } = await cast.replay(principal, { ofEachKind: 5, places: 'one-by-one' })
      expect(successes).toEqual([])
    }
  } finally {
    await cast.stop()
  }
}, 3_600_000)
