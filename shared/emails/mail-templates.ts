import { resultMailKinds } from '../contracts/mail.ts'
import type { NewDigest } from '../ports/digests.ts'
import type { MailTemplates } from '../ports/mail-templates.ts'
import { resultMailTemplates } from './result-mail.ts'
import { templateFaults } from './template-faults.ts'

/** The templates of this very version of the service, as a release is bound to them. */
export const currentMailTemplates = (newDigest: NewDigest): MailTemplates => {
  const templates = resultMailKinds.map((kind) => resultMailTemplates(kind))
  const digest = newDigest()
  digest.add(JSON.stringify(templates))
  return { digest: digest.hex(), faults: templates.flatMap(templateFaults) }
}
