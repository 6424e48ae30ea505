/** Where mails send their readers; the site comes from the stage's configuration, never from a request. */
export const logInUrl = (siteUrl: string): string => pageOf(siteUrl, '/')

/** The page `Forgotten your password?` (R30). */
export const forgottenPasswordUrl = (siteUrl: string): string => pageOf(siteUrl, '/forgotten-password')

/** The page to register at (R01). */
export const registerUrl = (siteUrl: string): string => pageOf(siteUrl, '/register')

const pageOf = (siteUrl: string, path: string): string => new URL(path, siteUrl).href

/** The page that sets a new password; the token is in the fragment, which no server or proxy is told (R31). */
export const newPasswordUrl = (siteUrl: string, token: string): string =>
  pageOf(siteUrl, `/reset-password#token=${token}`)

/** The page that confirms an address, likewise (R55). */
export const confirmEmailUrl = (siteUrl: string, token: string): string =>
  pageOf(siteUrl, `/confirm-email#token=${token}`)

/** Ends the mails about results, by a POST from the reader's mail program (RFC 8058). */
export const unsubscribeUrl = (siteUrl: string, token: string): string =>
  pageOf(siteUrl, `/api/v1/unsubscribe?token=${token}`)
