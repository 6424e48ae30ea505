import { type SESv2Client, SendBulkEmailCommand } from '@aws-sdk/client-sesv2'
import { fixedMailHeaders, mailTags, type ResultMailKind, resultMailTemplateName } from '../../contracts/mail.ts'
import { type AllowList, mayReceive } from '../../domain/allow-list.ts'
import type { MailOutcome, ResultMail, ResultMailer } from '../../ports/mailers.ts'
import { singleAttemptSesClient } from './client.ts'
import { namesAndValues } from './message-parts.ts'
import { outcomeOfEntry, outcomeOfFailure } from './outcomes.ts'

type Bulk = Parameters<ResultMailer['send']>[0]

export interface SesSettings {
  readonly from: string
  readonly configurationSet: string
}

export interface BulkSettings extends SesSettings {
  readonly templatePrefix: string
  /** Looked at again here, since no role can be bound to the recipients of this call (docs/decisions/0008). */
  readonly allowList: AllowList
}

/** Result mails by SES's bulk call: one recipient each, one template a language. */
export const sesResultMailer = (
  { from, configurationSet, templatePrefix, allowList }: BulkSettings,
  client: SESv2Client = singleAttemptSesClient(),
): ResultMailer => {
  const sendBulk = async ({ kind, mailingId, language, mails }: Bulk): Promise<readonly MailOutcome[]> => {
    if (mails.length === 0) return []
    const command = new SendBulkEmailCommand({
      FromEmailAddress: from,
      ConfigurationSetName: configurationSet,
      DefaultContent: {
        Template: {
          TemplateName: resultMailTemplateName(templatePrefix, kind, language),
          TemplateData: '{}',
          Headers: namesAndValues(fixedMailHeaders),
        },
      },
      BulkEmailEntries: mails.map((mail) => entryOf(kind, mailingId, mail)),
    })
    try {
      const { BulkEmailEntryResults = [] } = await client.send(command)
      return mails.map((_, index) => outcomeOfEntry(BulkEmailEntryResults[index]))
    } catch (error) {
      return mails.map(() => outcomeOfFailure(error))
    }
  }
  return {
    async send(bulk) {
      const mails = bulk.mails.filter(({ to }) => mayReceive(allowList, to))
      const outcomes = await sendBulk({ ...bulk, mails })
      const outcomeOf = new Map(mails.map((mail, index) => [mail, outcomes[index]]))
      return bulk.mails.map((mail) => outcomeOf.get(mail) ?? { outcome: 'failed', reason: 'not-on-allow-list' })
    },
  }
}

/** Every tag stands in every entry: whether an entry's tags are added to the call's or replace them is not documented. */
const entryOf = (
  kind: ResultMailKind,
  mailingId: string,
  { to, delivery, addressFingerprint, unsubscribeUrl, variables }: ResultMail,
) => ({
  Destination: { ToAddresses: [to] },
  ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: JSON.stringify(variables) } },
  // Added to those of the whole call.
  ReplacementHeaders: namesAndValues({
    'List-Unsubscribe': `<${unsubscribeUrl}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }),
  ReplacementTags: namesAndValues({
    [mailTags.kind]: kind,
    [mailTags.release]: mailingId,
    [mailTags.delivery]: delivery,
    [mailTags.address]: addressFingerprint,
  }),
})
