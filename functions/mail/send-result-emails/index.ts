import { dynamoAddressees } from '../../../shared/adapters/dynamo/addressees.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoEmailBatches } from '../../../shared/adapters/dynamo/email-batches.ts'
import { dynamoOpenings, dynamoReleases } from '../../../shared/adapters/dynamo/releases.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { sharedPacer } from '../../../shared/adapters/node/pacer.ts'
import { sesResultMailer } from '../../../shared/adapters/ses/result-mailer.ts'
import { sesSendRate } from '../../../shared/adapters/ses/send-rate.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { readAllowList } from '../../../shared/domain/allow-list.ts'
import { sendResultEmailsHandler } from './handler.ts'
import { sendResultEmails } from './send-result-emails.ts'

const environment = readEnvironment('mail/send-result-emails')
const client = dynamoClient()

export const handler = sendResultEmailsHandler(
  sendResultEmails({
    batches: dynamoEmailBatches(client, environment.DELIVERIES_TABLE),
    addressees: dynamoAddressees(client, {
      accounts: environment.ACCOUNTS_TABLE,
      entries: environment.ENTRIES_TABLE,
    }),
    releases: dynamoReleases(client, environment.RELEASES_TABLE),
    openings: dynamoOpenings(client, environment.OPENINGS_TABLE),
    mailer: sesResultMailer({
      from: environment.MAIL_FROM,
      configurationSet: environment.MAIL_CONFIGURATION_SET,
      templatePrefix: environment.RESULT_MAIL_TEMPLATE_PREFIX,
    }),
    pacer: sharedPacer({
      sendRate: sesSendRate(),
      senders: Math.max(1, Number(environment.RESULT_EMAIL_SENDERS) || 1),
    }),
    clock: systemClock,
    newId: randomIds,
    allowList: readAllowList(environment.MAIL_ALLOW_LIST),
    siteUrl: environment.SITE_URL,
  }),
)
