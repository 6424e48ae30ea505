import { operations } from '../../../shared/contracts/http.ts'
import { type ChainOptions, httpHandler } from '../../../shared/lambda/http.ts'
import type { HttpFunction } from '../../../shared/lambda/http-event.ts'
import { noSessionCookie } from '../../../shared/lambda/session-cookie.ts'
import type { LogOut } from './log-out.ts'

export const logOutHandler = (logOut: LogOut, options: ChainOptions): HttpFunction =>
  httpHandler(operations.logOut, options, async ({ sessionToken }) => {
    await logOut(sessionToken)
    return { status: 204, cookies: [noSessionCookie] }
  })
