import { dynamoAccountEmails } from '../../../shared/adapters/dynamo/account-emails.ts'
import { dynamoAddressees } from '../../../shared/adapters/dynamo/addressees.ts'
import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoMailedAccounts } from '../../../shared/adapters/dynamo/mailed-accounts.ts'
import { dynamoSendRate } from '../../../shared/adapters/dynamo/send-rate.ts'
import { systemClock } from '../../../shared/adapters/node/clock.ts'
import { randomIds } from '../../../shared/adapters/node/ids.ts'
import { jitteredPause } from '../../../shared/adapters/node/pause.ts'
import { systemTimer } from '../../../shared/adapters/node/timer.ts'
import { sesAccountMailer } from '../../../shared/adapters/ses/account-mailer.ts'
import { sesMailQuota } from '../../../shared/adapters/ses/mail-quota.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { readAllowList } from '../../../shared/domain/allow-list.ts'
import { describeFault } from '../../../shared/lambda/faults.ts'
import { createLog } from '../../../shared/lambda/logger.ts'
import { embeddedMetrics } from '../../../shared/lambda/metrics.ts'
import { priorityRateLimiter } from '../../../shared/protocols/priority-rate-limiter.ts'
import { sendAccountEmailHandler } from './handler.ts'
import { sendAccountEmail } from './send-account-email.ts'

const environment = readEnvironment('mail/send-account-email')
const client = dynamoClient()
const log = createLog()

export const handler = sendAccountEmailHandler(
  sendAccountEmail({
    emails: dynamoAccountEmails(client, environment.DELIVERIES_TABLE),
    addressees: dynamoAddressees(client, {
      accounts: environment.ACCOUNTS_TABLE,
      entries: environment.ENTRIES_TABLE,
    }),
    accounts: dynamoMailedAccounts(
      client,
      { accounts: environment.ACCOUNTS_TABLE, tokens: environment.TOKENS_TABLE },
      systemClock,
    ),
    mailer: sesAccountMailer({
      from: environment.MAIL_FROM,
      configurationSet: environment.MAIL_CONFIGURATION_SET,
    }),
    rateLimiter: priorityRateLimiter({
      sendRate: dynamoSendRate(client, environment.DELIVERIES_TABLE),
      quota: sesMailQuota(),
      timer: systemTimer,
      pause: jitteredPause,
      warn: (fault) => log.warn('account mail sent without rate limiting', { ...describeFault(fault) }),
    }),
    clock: systemClock,
    newId: randomIds,
    pause: jitteredPause,
    allowList: readAllowList(environment.MAIL_ALLOW_LIST),
    siteUrl: environment.SITE_URL,
  }),
  embeddedMetrics(environment.STAGE, systemClock),
  log,
)
