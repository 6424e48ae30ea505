import { describe, expect, test } from '@jest/globals'
import { approveRelease } from '../../functions/release/approve-release/approve-release.ts'
import { approveReleaseHandler } from '../../functions/release/approve-release/handler.ts'
import { planReleaseHandler } from '../../functions/release/plan-release/handler.ts'
import { planRelease } from '../../functions/release/plan-release/plan-release.ts'
import { type Operation, type OperationName, operations } from '../../shared/contracts/http.ts'
import { httpHandler } from '../../shared/lambda/http.ts'
import { httpEvent, type Request, send, siteUrl } from '../support/http-event.ts'
import { recordingLog } from '../support/log.ts'
import { releaseAt, releaseFixture, session } from '../support/release-fixture.ts'

/** The operators' routes, called by everybody else: R63, G8. */
const operatorsOperations = (Object.entries(operations) as [OperationName, Operation][]).filter(
  ([, { access }]) => access === 'operator',
)
const role = 'arn:aws:sts::123456789012:assumed-role/results-operator'

/** Whoever could come: by what API Gateway would say of them, and what they send along. */
const others: Readonly<Record<string, Request>> = {
  nobody: {},
  'a candidate with a session': { cookie: '__Host-session=of-a-candidate' },
  'a centre with its token': { headers: { Authorization: 'Bearer of-a-centre' } },
  'the root of the account': { userArn: 'arn:aws:iam::123456789012:root' },
  'a user without a role': { userArn: 'arn:aws:iam::123456789012:user/olga' },
  'a session that an SDK has named': { userArn: `${role}/botocore-session-1700000000` },
  'a session that the command line has named': { userArn: `${role}/aws-cli-session-1700000000` },
  'a session named by a number': { userArn: `${role}/1700000000` },
  'a role without a session': { userArn: role },
  'a federated user': { userArn: 'arn:aws:sts::123456789012:federated-user/olga' },
}

describe('of the operators’ routes', () => {
  test('all are below /v1/ops/', () => {
    expect(operatorsOperations.length).toBeGreaterThan(8)
    for (const [name, { path, access }] of Object.entries(operations) as [OperationName, Operation][]) {
      expect([name, path.startsWith('/api/v1/ops/')]).toEqual([name, access === 'operator'])
    }
  })

  test.each(operatorsOperations.map(([name]) => name))('%s is refused to everybody else, and logged', async (name) => {
    for (const [who, request] of Object.entries(others)) {
      const log = recordingLog()
      let reached = false
      const handler = httpHandler(operations[name] as Operation, { log }, async () => {
        reached = true
        return { status: 204 }
      })
      const event = httpEvent(name, { body: {}, pathParameters: { session, importId: 'import-1' }, ...request })
      const { statusCode, json } = await send(handler, event)
      expect([who, statusCode, json?.code, reached]).toEqual([who, 403, 'forbidden', false])
      expect(log.lines).toEqual([
        {
          level: 'info',
          message: 'answered',
          fields: { operation: operations[name].function, requestId: 'request-1', status: 403, code: 'forbidden' },
        },
      ])
    }
  })
})

describe('the planner of a release cannot approve it', () => {
  const spellings = [
    [`${role}/olga`, `${role}/olga`],
    [`${role}/olga`, `${role}/OLGA`],
    [`${role}/Olga`, `${role}/olga`],
    [`${role}/olga`, 'arn:aws:sts::123456789012:assumed-role/another-role/olga'],
    [`${role}/olga`, 'arn:aws:sts::999999999999:assumed-role/Results-Operator/oLGa'],
    [`${role}/olga@example.org`, 'arn:aws:sts::123456789012:assumed-role/another-role/Olga@Example.org'],
    [`${role}/olga`, 'arn:aws-cn:sts::123456789012:assumed-role/results-operator/olga'],
  ] as const

  /** Plans as one caller and approves as the other, each known by what names them. */
  const decided = async (planner: string, approver: string) => {
    const fixture = releaseFixture()
    await fixture.load(3)
    const log = recordingLog()
    const plan = planReleaseHandler(planRelease(fixture.ports), siteUrl, { log })
    const approve = approveReleaseHandler(approveRelease(fixture.ports), { log })
    const planned = await send(plan, httpEvent('planRelease', { userArn: planner, body: { session, releaseAt } }))
    const body = { manifest: planned.json?.manifest }
    return send(approve, httpEvent('approveRelease', { userArn: approver, body, pathParameters: { session } }))
  }

  test.each(spellings)('%s by %s', async (planner, approver) => {
    expect(await decided(planner, approver)).toMatchObject({ statusCode: 409, json: { code: 'same-person' } })
  })

  test('another person can, whatever their role', async () => {
    expect(await decided(`${role}/olga`, `${role}/piet`)).toMatchObject({ statusCode: 200 })
  })

  test('broken variant: comparing whole session names would allow approving one’s own plan', async () => {
    const fixture = releaseFixture()
    await fixture.load(3)
    const told: string[] = []
    for (const [planner, approver] of spellings) {
      const planned = await planRelease(fixture.ports)({ session, releaseAt, by: planner })
      if (planned.outcome !== 'planned') throw new Error(planned.outcome)
      const approval = { session, manifest: planned.release.manifest, by: approver }
      told.push((await approveRelease(fixture.ports)(approval)).outcome)
      await fixture.cancel()
    }
    expect(told).toContain('approved')
  })
})
