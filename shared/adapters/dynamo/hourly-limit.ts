import { randomUUID } from 'node:crypto'
import { ttlAttribute } from '../../contracts/tables.ts'
import { type EpochMilliseconds, hour, later, toEpochSeconds } from '../../domain/time.ts'
import { conditional } from './conditional.ts'
import type { UpdateItem } from './transact.ts'

const fewerThanThreeWithinAnHour = '(attribute_not_exists(thirdLast) OR thirdLast <= :anHourAgo)'
// Also true where the attributes are absent.
const notCountedAlready = 'lastCount <> :count AND secondCount <> :count AND thirdCount <> :count'

/** Shifts the three last times, and the ids of the requests that were counted then, by one. */
const shifted = [
  'thirdLast = if_not_exists(secondLast, :never), secondLast = if_not_exists(lastAsked, :never), lastAsked = :now',
  'thirdCount = if_not_exists(secondCount, :none), secondCount = if_not_exists(lastCount, :none), lastCount = :count',
].join(', ')

/** An update that allows three requests within any hour (a sliding window); its condition fails from the fourth on. */
export const hourlyLimitUpdate = (TableName: string, guard: string, now: EpochMilliseconds) =>
  ({
    TableName,
    Key: { guard },
    UpdateExpression: `SET ${shifted}, ${ttlAttribute} = :expiry`,
    ConditionExpression: `${fewerThanThreeWithinAnHour} AND ${notCountedAlready}`,
    ExpressionAttributeValues: {
      ':never': 0,
      ':none': '-',
      ':now': now,
      // An idempotency token for this request; random, so that the row says nothing about whose it is.
      ':count': randomUUID(),
      ':anHourAgo': later(now, -hour),
      ':expiry': toEpochSeconds(later(now, hour)),
    },
  }) satisfies UpdateItem

/** Counts one request, once even if the SDK retries the update because the first response was lost. */
export const countRequest = async (
  counted: ReturnType<typeof hourlyLimitUpdate>,
  send: (update: UpdateItem) => Promise<unknown>,
): Promise<'counted' | 'too-many'> => {
  const written = await conditional(() => send({ ...counted, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }))
  if (written.outcome === 'written') return 'counted'
  const { lastCount, secondCount, thirdCount } = written.old ?? {}
  const own = counted.ExpressionAttributeValues[':count']
  return [lastCount, secondCount, thirdCount].some((count) => count?.S === own) ? 'counted' : 'too-many'
}
