import { dynamoClient } from '../../../shared/adapters/dynamo/client.ts'
import { dynamoSessions } from '../../../shared/adapters/dynamo/sessions.ts'
import { readEnvironment } from '../../../shared/contracts/environments.ts'
import { logOutHandler } from './handler.ts'
import { logOut } from './log-out.ts'

const environment = readEnvironment('identity/log-out')

export const handler = logOutHandler(logOut({ sessions: dynamoSessions(dynamoClient(), environment.SESSIONS_TABLE) }), {
  originSecret: environment.ORIGIN_SECRET,
  siteUrl: environment.SITE_URL,
})
