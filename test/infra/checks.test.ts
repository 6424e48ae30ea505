import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { Annotations, type App, type Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { AwsSolutionsChecks } from 'cdk-nag'
import { stubFunctions } from '../../infra/bundle.ts'
import { buildApp } from '../../infra/service.ts'
import { stageNames } from '../../infra/stages.ts'

const outdir = mkdtempSync(join(tmpdir(), 'assembly-'))
afterAll(() => rmSync(outdir, { recursive: true, force: true }))

const findings = (app: App) => new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName)

const synthesized = (stage: string, change: (app: App) => void = () => {}) => {
  const app = buildApp(stage, { folders: stubFunctions(), checks: false, outdir: join(outdir, stage) })
  change(app)
  return { app, assembly: app.synth() }
}
const stages = stageNames.map((stage) => ({ stage, ...synthesized(stage) }))

describe('the CDK itself, where `cdk synth --strict` would stop,', () => {
  const warnings = ({ assembly }: ReturnType<typeof synthesized>) =>
    assembly.stacks
      .flatMap(({ messages }) => messages)
      .filter(({ level }) => level !== 'info')
      .map(({ entry }) => entry.data)

  test.each(stages)('has no warnings for $stage', (stage) => {
    expect(stage.assembly.stacks).toHaveLength(6)
    expect(warnings(stage)).toEqual([])
  })

  test('would report a warning', () => {
    const warned = synthesized('dev', (app) => {
      Annotations.of(app.node.findChild('results-service-dev-web')).addWarningV2('test:heard', 'Is anybody there?')
    })
    expect(warnings(warned)).toEqual([expect.stringContaining('Is anybody there?')])
  })
})

describe('cdk-nag’s AwsSolutions', () => {
  test.each(stages)('finds nothing in $stage that is not suppressed with a reason', ({ app }) => {
    expect(findings(app)).toEqual([])
  })

  test('would find a role with full access', () => {
    const { app } = synthesized('dev', (changed) => {
      const stack = changed.node.findChild('results-service-dev-data') as Stack
      const role = new Role(stack, 'careless', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
      role.addToPolicy(new PolicyStatement({ actions: ['dynamodb:*'], resources: ['*'] }))
    })
    expect(findings(app)).toEqual(['AwsSolutions-IAM5[Action::dynamodb:*]', 'AwsSolutions-IAM5[Resource::*]'])
  })
})
