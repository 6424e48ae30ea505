import { describe, expect, test } from '@jest/globals'
import { functionNames } from '../../shared/contracts/environments.ts'
import { operations } from '../../shared/contracts/http.ts'
import { type Statement, statementsIn, synthesize, touches } from './synthesized.ts'

const { resources, ofType, folders, functions, statementsOf } = synthesize('dev')

const whoMay = (action: string): string[] =>
  folders.filter((folder) => statementsOf(folder).some(({ actions }) => actions.includes(action)))

const writes = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'].map((name) => `dynamodb:${name}`)
const whoTouches = (table: string, actions?: readonly string[]): string[] =>
  folders.filter((folder) => statementsOf(folder).some((statement) => touches(statement, table, actions)))

test('every function of the service is deployed once', () => {
  expect(folders.toSorted()).toEqual(functionNames.toSorted())
})

test('no two functions share a role, and none has a managed policy', () => {
  const roles = functions.map(({ stack, Properties }) => `${stack}/${Properties.Role['Fn::GetAtt'][0]}`)
  expect(new Set(roles).size).toBe(functions.length)
  for (const { Properties } of ofType('AWS::IAM::Role')) expect(Properties.ManagedPolicyArns ?? []).toEqual([])
})

describe('nowhere', () => {
  const documents = resources.flatMap(({ Type, stack, logicalId, Properties }) =>
    [Properties.PolicyDocument, Properties.AssumeRolePolicyDocument, ...(Properties.Policies ?? [])]
      .filter(Boolean)
      .map((document) => ({ where: `${stack}/${logicalId} (${Type})`, statements: statementsIn(document) })),
  )
  const allowed: [string, Statement][] = documents.flatMap(({ where, statements }) =>
    statements.filter(({ Effect }) => Effect === 'Allow').map((statement): [string, Statement] => [where, statement]),
  )

  test('is an action allowed by a wildcard', () => {
    expect(allowed.length).toBeGreaterThan(functions.length)
    expect(allowed.filter(([, { actions }]) => actions.some((action) => action.includes('*')))).toEqual([])
  })

  test('is every resource allowed, except for traces, the list of streams and the account’s send quota', () => {
    const open = allowed.filter(([, { resources: all }]) => all.includes('*')).flatMap(([, { actions }]) => actions)
    expect([...new Set(open)].toSorted()).toEqual([
      'dynamodb:ListStreams',
      'ses:GetAccount',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ])
  })

  test('can anybody decrypt a Secret number', () => {
    const deciphering = allowed.filter(
      ([, { actions, resources: all }]) =>
        actions.includes('kms:Decrypt') && all.some((resource) => resource.includes('secretnumbercipherkey')),
    )
    expect(deciphering).toEqual([])
  })
})

describe('the embargo', () => {
  test('only release-results can open a session', () => {
    const closing = 'dynamodb:DeleteItem'
    const opening = writes.filter((action) => action !== closing)
    expect(whoTouches('openings', opening)).toEqual(['release/release-results'])
    expect(whoTouches('openings', [closing])).toEqual(['privacy/apply-retention'])
  })

  test('of the functions that candidates call, only list-results, show-statement and export-account can read results', () => {
    const candidatesFunctions = new Set<string>(
      Object.values(operations)
        .filter(({ access }) => access !== 'operator')
        .map((operation) => operation.function),
    )
    expect(whoTouches('results').filter((folder) => candidatesFunctions.has(folder))).toEqual([
      'identity/export-account',
      'results/list-results',
      'results/show-statement',
    ])
  })

  test('besides them only importing, planning, approving, sealing, mailing and deleting read results', () => {
    expect(whoTouches('results').toSorted()).toEqual([
      'identity/export-account',
      'imports/import-results',
      'mail/notify-late-candidate',
      'mail/plan-result-emails',
      'privacy/apply-retention',
      'release/approve-release',
      // Asks whether the table is ready, and nothing of what is in it.
      'release/check-readiness',
      'release/plan-release',
      'release/seal-results',
      'results/list-results',
      'results/show-statement',
    ])
  })

  test('grades are only in the table, which few can read: the others use an index without grades', () => {
    const reads = ['BatchGetItem', 'GetItem', 'Query', 'Scan'].map((name) => `dynamodb:${name}`)
    const isOnTable = (statement: Statement) =>
      touches(statement, 'results', reads) && statement.resources.some((resource) => !resource.includes('/index/'))
    expect(folders.filter((folder) => statementsOf(folder).some(isOnTable)).toSorted()).toEqual([
      'identity/export-account',
      // Compares a file with what is stored.
      'imports/import-results',
      // Finds the versions that it deletes.
      'privacy/apply-retention',
      // Counts how grades are spread, for people who decide.
      'release/plan-release',
      'results/list-results',
      'results/show-statement',
    ])
  })

  test('the mail functions can read which results exist, but never grades', () => {
    const onResults = statementsOf('mail/plan-result-emails').filter((statement) => touches(statement, 'results'))
    expect(onResults.flatMap(({ actions }) => actions)).toEqual(['dynamodb:Query'])
    for (const { resources: all } of onResults) expect(all.join()).toContain('/index/bySession')
    expect(whoTouches('results')).not.toContain('mail/send-result-emails')
  })
})

describe('mail', () => {
  const sending = ['ses:SendEmail', 'ses:SendBulkEmail']

  test('is sent one by one only by send-account-email, and in bulk only by send-result-emails', () => {
    expect(whoMay('ses:SendEmail')).toEqual(['mail/send-account-email'])
    expect(whoMay('ses:SendBulkEmail')).toEqual(['mail/send-result-emails'])
    // Who sends asks how much may be sent.
    expect(whoMay('ses:GetAccount').toSorted()).toEqual([
      'mail/send-account-email',
      'mail/send-result-emails',
      'release/check-readiness',
    ])
    const other = folders
      .flatMap((folder) => statementsOf(folder).flatMap(({ actions }) => actions))
      .filter((action) => action.startsWith('ses:') && ![...sending, 'ses:GetAccount'].includes(action))
    expect(other).toEqual([])
  })

  test.each([
    ['mail/send-account-email', 'StringEquals'],
    // AWS says nothing of the sender of bulk calls: what wants it would be refused.
    ['mail/send-result-emails', 'StringEqualsIfExists'],
  ])(
    '%s can only send from the stage, and in dev only to the mail simulator, as far as AWS looks (%s)',
    (folder, operator) => {
      const [statement] = statementsOf(folder).filter(({ actions }) =>
        actions.some((action) => sending.includes(action)),
      )
      expect(statement?.Condition).toEqual({
        [operator]: { 'ses:FromAddress': 'no-reply@results-dev.example.org' },
        'ForAllValues:StringLike': { 'ses:Recipients': ['*@simulator.amazonses.com'] },
      })
    },
  )
})

describe('single tasks', () => {
  test('only publish-events puts events on the bus', () => {
    expect(whoMay('events:PutEvents')).toEqual(['events/publish-events'])
  })

  test('only approving and resuming create schedules, and only with the scheduler’s role', () => {
    const schedulers = ['release/approve-release', 'release/resume-release']
    expect(whoMay('scheduler:CreateSchedule').toSorted()).toEqual(schedulers)
    expect(whoMay('iam:PassRole').toSorted()).toEqual(schedulers)
    for (const folder of schedulers) {
      const [pass] = statementsOf(folder).filter(({ actions }) => actions.includes('iam:PassRole'))
      expect(pass?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } })
      expect(pass?.resources.join()).toContain('releaseschedulerole')
    }
  })

  test('only registration creates accounts, and only candidates’ own changes modify them', () => {
    expect(whoTouches('accounts', ['dynamodb:PutItem', 'dynamodb:BatchWriteItem'])).toEqual(['identity/register'])
    expect(whoTouches('accounts', ['dynamodb:UpdateItem']).toSorted()).toEqual([
      'identity/change-account',
      'identity/change-email',
      'identity/change-password',
      'identity/confirm-email',
      'identity/confirm-password-reset',
      'mail/record-email-outcomes',
      'mail/send-account-email',
      'mail/unsubscribe',
    ])
    expect(whoTouches('accounts', ['dynamodb:DeleteItem'])).toEqual(['privacy/apply-retention'])
  })

  test('nobody changes audit lines, and only the daily run deletes expired ones', () => {
    expect(whoTouches('audit', ['dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'])).toEqual([])
    expect(whoTouches('audit', ['dynamodb:DeleteItem'])).toEqual(['privacy/apply-retention'])
  })
})

describe('operators', () => {
  const role = ofType('AWS::IAM::Role').find(({ logicalId }) => logicalId.startsWith('operator'))
  const statements = ofType('AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role?.logicalId))
    .flatMap(({ Properties }) => statementsIn(Properties.PolicyDocument))

  test('can only call the ops routes and look up their address', () => {
    const may = (action: string) => statements.filter(({ actions }) => actions.includes(action))
    expect(new Set(statements.flatMap(({ actions }) => actions))).toEqual(
      new Set(['cloudformation:DescribeStacks', 'execute-api:Invoke']),
    )
    for (const { resources: all } of may('execute-api:Invoke')) {
      for (const resource of all) expect(resource).toContain('/api/v1/ops/')
    }
    // By its name the stack is `<name>/*` to IAM; its id would never match.
    const [stack, ...others] = may('cloudformation:DescribeStacks').flatMap((statement) => statement.resources)
    expect(stack).toMatch(/:stack\/results-service-\w+-api\/\*"/)
    expect(others).toEqual([])
  })

  test('assume the role with MFA and under their own name', () => {
    const [trust] = statementsIn(role?.Properties.AssumeRolePolicyDocument)
    expect(trust?.Condition).toEqual({
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      StringLike: { 'sts:RoleSessionName': '$' + '{aws:username}' },
    })
  })
})
