/** Writes the assembly of the local run. A process of its own: it works beside the engine's start, and its memory is given back. */
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
  // Tests and deployments check the templates; here it would take longer than all the rest.
}).synth({ skipValidation: true })
process.exit(0)
