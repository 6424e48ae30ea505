import { App } from 'aws-cdk-lib'
import { buildApp } from '../infra/service.ts'

const stageName: unknown = new App().node.tryGetContext('stage') ?? 'dev'
try {
  buildApp(String(stageName)).synth()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
