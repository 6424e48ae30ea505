import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { type App, Stack } from 'aws-cdk-lib'
import { Annotations, Match } from 'aws-cdk-lib/assertions'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { AwsSolutionsChecks } from 'cdk-nag'
import { stubFunctions } from '../../infra/bundle.ts'
import { buildApp } from '../../infra/service.ts'
import { stageNames } from '../../infra/stages.ts'

const outdir = mkdtempSync(join(tmpdir(), 'assembly-'))
afterAll(() => rmSync(outdir, { recursive: true, force: true }))

const findings = (app: App) => new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName)

const synthesized = (stage: string, change: (app: App) => void = () => {}): App => {
  const app = buildApp(stage, { folders: stubFunctions(), checks: false, outdir: join(outdir, stage) })
  change(app)
  app.synth()
  return app
}
const stages = stageNames.map((stage): [string, App] => [stage, synthesized(stage)])

test.each(stages)('the CDK itself warns of nothing in %s, since `cdk synth --strict` would stop there', (_, app) => {
  const stacks = app.node.children.filter((child) => Stack.isStack(child))
  expect(stacks).toHaveLength(6)
  for (const stack of stacks) {
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([])
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([])
  }
})

describe('cdk-nag’s AwsSolutions', () => {
  test.each(stages)('finds nothing in %s that is not acknowledged with its reason', (_, app) => {
    expect(findings(app)).toEqual([])
  })

  test('would find a role that may do anything', () => {
    const app = synthesized('dev', (changed) => {
      const stack = changed.node.findChild('results-service-dev-data') as Stack
      const role = new Role(stack, 'careless', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
      role.addToPolicy(new PolicyStatement({ actions: ['dynamodb:*'], resources: ['*'] }))
    })
    expect(findings(app)).toEqual(['AwsSolutions-IAM5[Action::dynamodb:*]', 'AwsSolutions-IAM5[Resource::*]'])
  })
})
