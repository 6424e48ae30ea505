import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailBatches } from '../../../shared/adapters/dynamo/email-batches.ts'
import { dynamoMailDeferrals } from '../../../shared/adapters/dynamo/result-email-plans.ts'
import { dynamoResultRecipients } from '../../../shared/adapters/dynamo/result-recipients.ts'
import { dynamoSendRate } from '../../../shared/adapters/dynamo/send-rate.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { systemTimer } from '../../../shared/adapters/node/timer.ts'
import { aesUnsubscribeTokens } from '../../../shared/adapters/node/unsubscribe-tokens.ts'
import { secretText } from '../../../shared/adapters/secrets-manager/secret-text.ts'
import { sesMailQuota } from '../../../shared/adapters/ses/mail-quota.ts'
import { sesResultMailer } from '../../../shared/adapters/ses/result-mailer.ts'
import { sqsWaveQueue } from '../../../shared/adapters/sqs/result-email-queues.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { readAllowList } from '../../../shared/domain/allow-list.ts'
import { sharedRateLimiter } from '../../../shared/protocols/shared-rate-limiter.ts'
import { sendResultEmailsHandler } from './handler.ts'
import { sendResultEmails } from './send-result-emails.ts'

const environment = readEnvironment('mail/send-result-emails')
const client = dynamoClient()
const allowList = readAllowList(environment.MAIL_ALLOW_LIST)

export const handler = sendResultEmailsHandler(
  sendResultEmails({
    batches: dynamoEmailBatches(client, environment.DELIVERIES_TABLE),
    recipients: dynamoResultRecipients(client, {
      accounts: environment.ACCOUNTS_TABLE,
      entries: environment.ENTRIES_TABLE,
      releases: environment.RELEASES_TABLE,
      openings: environment.OPENINGS_TABLE,
    }),
    mailer: sesResultMailer({
      from: environment.MAIL_FROM,
      configurationSet: environment.MAIL_CONFIGURATION_SET,
      templatePrefix: environment.RESULT_MAIL_TEMPLATE_PREFIX,
      allowList,
    }),
    rateLimiter: sharedRateLimiter({
      sendRate: dynamoSendRate(client, environment.DELIVERIES_TABLE),
      quota: sesMailQuota(),
      timer: systemTimer,
      headroom: Number(environment.MAIL_HEADROOM),
    }),
    queues: sqsWaveQueue(environment.RESULT_EMAILS_QUEUE),
    deferrals: dynamoMailDeferrals(client, environment.DELIVERIES_TABLE),
    clock: systemClock,
    timer: systemTimer,
    newId: randomIds,
    allowList,
    siteUrl: environment.SITE_URL,
    unsubscribeTokens: aesUnsubscribeTokens(secretText(environment.UNSUBSCRIBE_KEY_SECRET)),
  }),
)
