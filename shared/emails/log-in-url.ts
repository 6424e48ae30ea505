/** Where a mail sends its reader; the site comes from the stage's configuration, never from a request. */
export const logInUrl = (siteUrl: string): string => new URL('/', siteUrl).href
