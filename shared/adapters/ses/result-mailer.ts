import { type SESv2Client, SendBulkEmailCommand } from '@aws-sdk/client-sesv2'
import { fixedMailHeaders, mailKinds, mailTags, resultMailTemplateName } from '../../contracts/mail.ts'
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
  async send({ releaseId, language, mails }) {
    const command = new SendBulkEmailCommand({
      FromEmailAddress: from,
      ConfigurationSetName: configurationSet,
      DefaultContent: {
        Template: {
          TemplateName: resultMailTemplateName(templatePrefix, language),
          TemplateData: '{}',
          Headers: namesAndValues(fixedMailHeaders),
        },
      },
      BulkEmailEntries: mails.map((mail) => entryOf(releaseId, mail)),
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
const entryOf = (releaseId: string, { to, delivery, addressMark, unsubscribeUrl, variables }: ResultMail) => ({
  Destination: { ToAddresses: [to] },
  ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: JSON.stringify(variables) } },
  // Added to those of the whole call.
  ReplacementHeaders: namesAndValues({
    'List-Unsubscribe': `<${unsubscribeUrl}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }),
  ReplacementTags: namesAndValues({
    [mailTags.kind]: mailKinds.resultsReleased,
    [mailTags.release]: releaseId,
    [mailTags.delivery]: delivery,
    [mailTags.address]: addressMark,
  }),
})
