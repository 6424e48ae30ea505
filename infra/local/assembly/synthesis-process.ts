/** Synthesizes the assembly, in a separate process, so that it runs while DynamoDB starts and frees its memory. */
import { buildApp } from '../../service.ts'
import { findStage } from '../../stages.ts'

const [outdir = '', siteUrl = ''] = process.argv.slice(2)
process.once('disconnect', () => process.exit(1))

const stage = findStage('dev')
if (!stage) throw new Error('there is no stage dev')
buildApp(stage.name, {
  outdir,
  siteUrl,
  checks: false,
  // No mail leaves this machine.
  settings: { mail: { ...stage.mail, recipients: 'everyone', staysHere: true } },
  // Skipped: tests and deployments validate the templates, and it would take longer than everything else here.
}).synth({ skipValidation: true })
process.exit(0)
