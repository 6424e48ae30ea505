import { describe, expect, test } from '@jest/globals'
import type { Construct } from 'constructs'
import { type FunctionParts, serviceFunction } from '../../infra/constructs/service-function.ts'
import { environmentOf, type FunctionName } from '../../shared/contracts/environments.ts'
import { synthesize } from './synthesized.ts'

const { functions, ofType, folders } = synthesize('dev')
const byFolder = folders.map((folder, index): [FunctionName, (typeof functions)[number]] => [
  folder as FunctionName,
  functions[index] as (typeof functions)[number],
])

describe.each(byFolder)('%s', (folder, { Properties }) => {
  test('has exactly the environment of its contract, without empty values', () => {
    expect(Object.keys(Properties.Environment?.Variables ?? {}).toSorted()).toEqual(
      [...environmentOf(folder)].toSorted(),
    )
    expect(Object.values(Properties.Environment?.Variables ?? {})).not.toContain('')
  })

  test('runs on Node 24 and arm64, with tracing and log retention', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      Handler: 'index.handler',
    })
    const log = ofType('AWS::Logs::LogGroup').find(
      (group) => group.Properties.LogGroupName === `/aws/lambda/${Properties.FunctionName}`,
    )
    expect(log?.Properties.RetentionInDays).toBe(7)
  })
})

/** Never run: these lines are for the compiler, which fails where it finds no error. */
export const doesNotCompile = (scope: Construct, parts: FunctionParts): void => {
  const whenFailing = 'Nobody notices.'
  const ORIGIN_SECRET = ''
  const SITE_URL = ''
  const tooMuch = { ORIGIN_SECRET, SITE_URL, GUARD_KEY_SECRET: '' }
  const sessions = ['DeleteItem'] as const
  const logOut = { whenFailing, tables: { sessions } }
  const health = { whenFailing, tables: {}, environment: {} }

  serviceFunction(scope, 'identity/log-out', parts, { ...logOut, environment: { ORIGIN_SECRET, SITE_URL } })
  serviceFunction(scope, 'reference/health', parts, health)
  // @ts-expect-error a variable is missing
  serviceFunction(scope, 'identity/log-out', parts, { ...logOut, environment: { ORIGIN_SECRET } })
  // @ts-expect-error a variable of another function, even where it comes along unseen
  serviceFunction(scope, 'identity/log-out', parts, { ...logOut, environment: { ...tooMuch } })
  // @ts-expect-error a variable of no function
  serviceFunction(scope, 'reference/health', parts, { ...health, environment: { COLOUR: 'blue' } })
  const environment = { ORIGIN_SECRET, SITE_URL }
  // @ts-expect-error a table whose name the function is told but which it may not use at all
  serviceFunction(scope, 'identity/log-out', parts, { whenFailing, tables: {}, environment })
  // @ts-expect-error a table of which it is told nothing
  serviceFunction(scope, 'reference/health', parts, { ...health, tables: { sessions } })

  type Access = Parameters<typeof serviceFunction<'identity/log-out'>>[3]['tables']
  // @ts-expect-error an index that the table does not have
  const noIndex: Access = { sessions: ['Query on bySession'] }
  // @ts-expect-error actions by a pattern
  const pattern: Access = { sessions: ['*'] }
  void [noIndex, pattern]
}
