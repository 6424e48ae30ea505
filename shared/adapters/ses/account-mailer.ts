import { BadRequestException, MessageRejected, type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { fixedMailHeaders, mailTags } from '../../contracts/mail.ts'
import type { AccountMailer } from '../../ports/mailers.ts'
import { singleAttemptSesClient } from './client.ts'
import { namesAndValues } from './message-parts.ts'
import { outcomeOfFailure } from './outcomes.ts'
import type { SesSettings } from './result-mailer.ts'

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })

/** Account mails by SES's single call. */
export const sesAccountMailer = (
  { from, configurationSet }: SesSettings,
  client: SESv2Client = singleAttemptSesClient(),
): AccountMailer => ({
  async send({ to, kind, eventId, addressFingerprint, subject, text, html }) {
    const command = new SendEmailCommand({
      FromEmailAddress: from,
      ConfigurationSetName: configurationSet,
      Destination: { ToAddresses: [to] },
      EmailTags: namesAndValues({
        [mailTags.kind]: kind,
        [mailTags.event]: eventId,
        [mailTags.address]: addressFingerprint,
      }),
      Content: {
        Simple: {
          Subject: utf8(subject),
          Body: { Text: utf8(text), Html: utf8(html) },
          Headers: namesAndValues(fixedMailHeaders),
        },
      },
    })
    try {
      const { MessageId } = await client.send(command)
      return MessageId ? { outcome: 'accepted', messageId: MessageId } : { outcome: 'unknown', reason: 'no-message-id' }
    } catch (error) {
      // The one mail in the call is what was refused: it will not get better.
      const isForGood = error instanceof MessageRejected || error instanceof BadRequestException
      return isForGood ? { outcome: 'failed', reason: error.name } : outcomeOfFailure(error)
    }
  },
})
