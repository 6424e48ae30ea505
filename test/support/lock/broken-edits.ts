import type { Edit } from '../source-edits.ts'

const domain = 'shared/domain/sign-in-guard.ts'
const gate = 'shared/protocols/secret-gate.ts'
const adapter = 'shared/adapters/dynamo/sign-in-guards.ts'

/** Broken locks, each one edit away from the deployed one; the tests must detect every one. */
export const brokenEdits = {
  'takes attempts in flight for failures, instead of waiting': [
    {
      file: domain,
      right: "{ status: staleBeside(attempt, guard, now).length > 0 ? 'stale' : 'busy' }",
      wrong: "{ status: 'locked', lockedUntil: later(now, lockDuration) }",
    },
  ],
  '> for >= at the end of the lock': [
    { file: domain, right: 'return now < end ? end', wrong: 'return now <= end ? end' },
  ],
  'leaves the end of the lock to the time to live': [
    { file: domain, right: 'return now < end ? end : undefined', wrong: 'return end' },
    { file: adapter, right: 'const keptFor = 400 * day', wrong: 'const keptFor = 30 * 60_000' },
  ],
  'extends the lock with every attempt': [
    {
      file: adapter,
      right: "throw new Error('a guard that does not exist refused an attempt')",
      wrong: `throw new Error()
      if (item.wrong?.SS?.length === 3) {
        await update(guardId, {
          UpdateExpression: 'SET lastWrongAt = :now',
          ExpressionAttributeValues: { ':now': number(now) },
        })
      }`,
    },
  ],
  'lets everybody start anew who has seen the end of the lock': [
    {
      file: adapter,
      right: 'ConditionExpression: asSeen,',
      wrong: 'ConditionExpression: `(${asSeen}) OR attribute_exists(guard)`,',
    },
  ],
  'gives every slot back with a success': [
    {
      file: adapter,
      right:
        "'DELETE inFlight :attempts SET consecutive = :none, lastRight = :attempt, lastRightAt = :now REMOVE wrong'",
      wrong: "'SET consecutive = :none, lastRight = :attempt, lastRightAt = :now REMOVE wrong, inFlight'",
    },
    {
      file: adapter,
      right: `          ':attempts': set([attempt]),
          ':attempt': { S: attempt },
          ':none'`,
      wrong: `          ':attempt': { S: attempt },
          ':none'`,
    },
  ],
  'forgets what a dead function was trying': [
    {
      file: gate,
      right: 'await guards.settleWrong(guardId, stale, now)',
      wrong: 'await guards.release(guardId, stale)',
    },
  ],
  'leaves a dead function in its slot while there are others': [
    {
      file: gate,
      right: 'for (const stale of staleBeside(attempt, guard, now)) await',
      wrong: "if (outcome === 'refused') for (const stale of staleBeside(attempt, guard, now)) await",
    },
  ],
  'opens the slot of a success again for a reservation that comes late': [
    { file: adapter, right: 'OR lastRightAt <= :now)', wrong: 'OR lastRightAt > :one OR lastRightAt <= :now)' },
  ],
  'counts failures however old they are': [
    {
      file: adapter,
      right: "'lastAttemptAt > :lapsedSince'",
      wrong: "'NOT lastAttemptAt < :one AND NOT :lapsedSince < :one'",
    },
  ],
  'forgets the failures since the last success with each lock': [
    {
      file: adapter,
      right: 'lastAttemptAt = :now, ${ttlAttribute} = :expiry REMOVE wrong`',
      wrong: 'lastAttemptAt = :now, ${ttlAttribute} = :expiry REMOVE wrong, consecutive`',
    },
  ],
  'counts a failure again when it is told again': [
    {
      file: adapter,
      right: `consecutive :one SET lastWrongAt = :now',
        ConditionExpression: stillInFlight,`,
      wrong: `consecutive :one SET lastWrongAt = :now',
        ConditionExpression: stillInFlight + ' OR attribute_exists(guard)',`,
    },
  ],
  'evaluates however long it took to get a slot': [
    { file: gate, right: 'if (isTooLateToEvaluate(attempt, clock.now()))', wrong: 'if (clock.now() < 0)' },
  ],
} satisfies Record<string, readonly Edit[]>

export type BrokenEdit = keyof typeof brokenEdits
