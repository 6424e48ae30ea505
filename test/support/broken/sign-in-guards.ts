import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type Guard, hasFreeSlot } from '../../../shared/domain/sign-in-guard.ts'
import { epochMilliseconds } from '../../../shared/domain/time.ts'
import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'

/** A read-modify-write counter, as most services have: parallel guesses all read zero. */
export const readThenCount = (client: DynamoDBDocumentClient, TableName: string): SignInGuards => {
  const read = async (guard: string): Promise<Guard> => {
    const { Item } = await client.send(new GetCommand({ TableName, Key: { guard }, ConsistentRead: true }))
    return {
      inFlight: new Set(),
      wrong: new Set(Item?.wrong as Set<string> | undefined),
      lastAttemptAt: epochMilliseconds(Number(Item?.lastAttemptAt ?? 0)),
      ...(Item?.lastWrongAt !== undefined && { lastWrongAt: epochMilliseconds(Number(Item.lastWrongAt)) }),
    }
  }
  const save = async (guard: string, { wrong, lastWrongAt }: Guard, lastAttemptAt: number): Promise<void> => {
    const Item = { guard, lastAttemptAt, ...(wrong.size > 0 && { wrong }), lastWrongAt }
    await client.send(new PutCommand({ TableName, Item }))
  }
  return {
    async reserve(guardId, _attempt, now) {
      const guard = await read(guardId)
      return { outcome: hasFreeSlot(guard, now) ? 'reserved' : 'refused', guard }
    },
    async restart(guardId, _attempt, now, seen) {
      await save(guardId, { ...seen, wrong: new Set() }, now)
      return true
    },
    async settleWrong(guardId, attempt, now) {
      const seen = await read(guardId)
      const guard = { ...seen, wrong: new Set([...seen.wrong, attempt]), lastWrongAt: now }
      await save(guardId, guard, now)
      return guard
    },
    async settleRight(guardId) {
      await save(guardId, { ...(await read(guardId)), wrong: new Set() }, Date.now())
      return true
    },
    async release() {},
  }
}

/** A success frees every slot, including those of guesses in flight, which are then no longer counted. */
export const successFreesAllSlots = (
  guards: SignInGuards,
  client: DynamoDBDocumentClient,
  TableName: string,
): SignInGuards => ({
  ...guards,
  async settleRight(guardId) {
    await client.send(
      new UpdateCommand({ TableName, Key: { guard: guardId }, UpdateExpression: 'REMOVE inFlight, wrong' }),
    )
    return true
  },
})

/** Counts attempts in flight as failures, so that several tabs with the right password look like a lock. */
export const inFlightIsLocked = (guards: SignInGuards): SignInGuards => ({
  ...guards,
  async reserve(guardId, attempt, now) {
    const reservation = await guards.reserve(guardId, attempt, now)
    if (reservation.outcome === 'reserved') return reservation
    const { inFlight, wrong } = reservation.guard
    return {
      outcome: 'refused',
      guard: { ...reservation.guard, inFlight: new Set(), wrong: new Set([...inFlight, ...wrong]), lastWrongAt: now },
    }
  },
})
