import { buildApp, UnknownStage } from '../infra/service.ts'

/** What `cdk` runs. */
try {
  buildApp().synth()
} catch (error) {
  if (!(error instanceof UnknownStage)) throw error
  console.error(error.message)
  // At once: at an orderly end the CDK would still write an empty assembly.
  process.exit(1)
}
