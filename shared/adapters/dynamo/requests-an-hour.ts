import { randomUUID } from 'node:crypto'
import { ttlAttribute } from '../../contracts/tables.ts'
import { type EpochMilliseconds, hour, later, toEpochSeconds } from '../../domain/time.ts'
import { conditional } from './conditional.ts'
import type { UpdateItem } from './transact.ts'

const notThreeWithinAnHour = '(attribute_not_exists(thirdLast) OR thirdLast <= :anHourAgo)'
// Also true of what is not there.
const notCountedAlready = 'lastCount <> :count AND secondCount <> :count AND thirdCount <> :count'

/** The three last times, and under names of the same places what was counted then. */
const movedAlong = [
  'thirdLast = if_not_exists(secondLast, :never), secondLast = if_not_exists(lastAsked, :never), lastAsked = :now',
  'thirdCount = if_not_exists(secondCount, :none), secondCount = if_not_exists(lastCount, :none), lastCount = :count',
].join(', ')

/** An update that is refused from the fourth time within any hour on; the three last times move along by one. */
export const countedRequest = (TableName: string, guard: string, now: EpochMilliseconds) =>
  ({
    TableName,
    Key: { guard },
    UpdateExpression: `SET ${movedAlong}, ${ttlAttribute} = :expiry`,
    ConditionExpression: `${notThreeWithinAnHour} AND ${notCountedAlready}`,
    ExpressionAttributeValues: {
      ':never': 0,
      ':none': '-',
      ':now': now,
      // Names this count and nothing else, so that the row still says nothing of whose it is.
      ':count': randomUUID(),
      ':anHourAgo': later(now, -hour),
      ':expiry': toEpochSeconds(later(now, hour)),
    },
  }) satisfies UpdateItem

/** Does such an update on its own: once, though the SDK may have to send it again since its answer was lost. */
export const countAlone = async (
  counted: ReturnType<typeof countedRequest>,
  send: (update: UpdateItem) => Promise<unknown>,
): Promise<'counted' | 'too-many'> => {
  const written = await conditional(() => send({ ...counted, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }))
  if (written.outcome === 'written') return 'counted'
  const { lastCount, secondCount, thirdCount } = written.old ?? {}
  const own = counted.ExpressionAttributeValues[':count']
  return [lastCount, secondCount, thirdCount].some((count) => count?.S === own) ? 'counted' : 'too-many'
}
