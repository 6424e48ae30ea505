import { ttlAttribute } from '../../contracts/tables.ts'
import { type EpochMilliseconds, hour, later, toEpochSeconds } from '../../domain/time.ts'
import type { UpdateItem } from './transact.ts'

const notThreeWithinAnHour = 'attribute_not_exists(thirdLast) OR thirdLast <= :anHourAgo'

/** An update that is refused from the fourth time within any hour on; the three last times move along by one. */
export const countedRequest = (TableName: string, guard: string, now: EpochMilliseconds): UpdateItem => ({
  TableName,
  Key: { guard },
  UpdateExpression: `SET thirdLast = if_not_exists(secondLast, :never), secondLast = if_not_exists(lastAsked, :never), lastAsked = :now, ${ttlAttribute} = :expiry`,
  ConditionExpression: notThreeWithinAnHour,
  ExpressionAttributeValues: {
    ':never': 0,
    ':now': now,
    ':anHourAgo': later(now, -hour),
    ':expiry': toEpochSeconds(later(now, hour)),
  },
})
