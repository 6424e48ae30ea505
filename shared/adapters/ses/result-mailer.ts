import { type SESv2Client, SendBulkEmailCommand } from '@aws-sdk/client-sesv2'
import { fixedMailHeaders, mailTags, type ResultMailKind, resultMailTemplateName } from '../../contracts/mail.ts'
import type { ResultMail, ResultMailer } from '../../ports/mailers.ts'
import { singleAttemptSesClient } from './client.ts'
import { namesAndValues } from './message-parts.ts'
import { outcomeOfEntry, outcomeOfFailure } from './outcomes.ts'

export interface SesSettings {
  readonly from: string
  readonly configurationSet: string
}

/** Result mails by SES's bulk call: one recipient each, one template a language. */
export const sesResultMailer = (
  { from, configurationSet, templatePrefix }: SesSettings & { readonly templatePrefix: string },
  client: SESv2Client = singleAttemptSesClient(),
): ResultMailer => ({
  async send({ kind, mailingId, language, mails }) {
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
  },
})

/** Every tag stands in every entry: whether an entry's tags are added to the call's or replace them is not documented. */
const entryOf = (
  kind: ResultMailKind,
  mailingId: string,
  { to, delivery, addressMark, unsubscribeUrl, variables }: ResultMail,
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
    [mailTags.address]: addressMark,
  }),
})
