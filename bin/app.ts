import { buildApp, UnknownStage } from '../infra/service.ts'

/** Entry point of the `cdk` command. */
try {
  buildApp().synth()
} catch (error) {
  if (!(error instanceof UnknownStage)) throw error
  console.error(error.message)
  // Immediately: on a normal exit the CDK would still write an empty assembly.
  process.exit(1)
}
