import { sessionCookie } from '../contracts/http.ts'

const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict'

/** No Expires: the cookie goes with the browser, the session ends on the server. */
export const sessionCookieWith = (token: string): string => `${sessionCookie}=${token}; ${attributes}`

export const noSessionCookie = `${sessionCookie}=; ${attributes}; Max-Age=0`
