import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stubFunctions } from '../../../infra/bundle.ts'
import { loadAssembly } from '../../../infra/local/assembly/assembly.ts'
import type { LocalAssembly } from '../../../infra/local/types.ts'
import { buildApp } from '../../../infra/service.ts'
import { findStage, type StageName } from '../../../infra/stages.ts'

/** The site address in links. */
export const siteUrl = 'https://results.example.org'

/** A stage's synthesized assembly, with mail to everybody: rules, queues, event sources, concurrency, timeouts. */
export const simulatedAssembly = (stageName: StageName = 'dev', senders?: number): LocalAssembly => {
  const stage = findStage(stageName)
  if (!stage) throw new Error(`there is no stage ${stageName}`)
  const outdir = mkdtempSync(join(tmpdir(), 'results-service-simulation-'))
  try {
    const mail = { ...stage.mail, recipients: 'everyone' as const, senders: senders ?? stage.mail.senders }
    const options = { outdir, siteUrl, checks: false, folders: stubFunctions(), settings: { mail } }
    buildApp(stage.name, options).synth({ skipValidation: true })
    return loadAssembly(outdir, { awsUrl: 'http://aws', generatedSecret: (arn) => `secret of ${arn}` })
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}
