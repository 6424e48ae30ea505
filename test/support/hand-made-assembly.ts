import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface HandMadeStack {
  readonly Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>
  readonly [section: string]: unknown
}

/** Writes an assembly as `cdk synth` would: one template per stack, one asset folder per function's source. */
export const handMadeAssembly = (
  stacks: Readonly<Record<string, HandMadeStack>>,
  functions: Readonly<Record<string, string>> = {},
): string => {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'))
  const json = (file: string, content: unknown) => writeFileSync(join(folder, file), JSON.stringify(content))
  const artifacts: Record<string, unknown> = {}
  for (const [stackName, template] of Object.entries(stacks)) {
    json(`${stackName}.template.json`, template)
    artifacts[stackName] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/eu-west-1',
      properties: { templateFile: `${stackName}.template.json`, stackName },
    }
  }
  const files: Record<string, unknown> = {}
  for (const [name, source] of Object.entries(functions)) {
    mkdirSync(join(folder, `asset.${name}`))
    writeFileSync(join(folder, `asset.${name}`, 'index.js'), source)
    writeFileSync(join(folder, `asset.${name}`, 'package.json'), '{"type":"commonjs"}')
    files[name] = { source: { path: `asset.${name}` }, destinations: { here: { objectKey: `${name}.zip` } } }
  }
  json('hand-made.assets.json', { files })
  artifacts['hand-made.assets'] = { type: 'cdk:asset-manifest', properties: { file: 'hand-made.assets.json' } }
  json('manifest.json', { artifacts })
  return folder
}

/** A function of a hand-made assembly, whose source is given under the same name. */
export const handMadeFunction = (name: string, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: 2,
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: `${name}.zip` },
    ...more,
  },
})
