import { timingSafeEqual } from 'node:crypto'
import { originSecretHeader } from '../contracts/http.ts'
import type { HttpEvent } from './http-event.ts'

/** Whether the request came through CloudFront, and so past its firewall: only CloudFront knows the secret. */
export const carriesOriginSecret = ({ headers }: HttpEvent, secret: string): boolean => {
  const sent = Buffer.from(headers[originSecretHeader] ?? '')
  const expected = Buffer.from(secret)
  return expected.length > 0 && sent.length === expected.length && timingSafeEqual(sent, expected)
}

/**
 * Whether a browser says that one of the site's own pages made this request. Clients that are no browsers say nothing
 * and have no cookie that another site could borrow. `Sec-Fetch-Site` cannot be forged by a page, so where it is sent
 * it decides alone (https://www.w3.org/TR/fetch-metadata/).
 */
export const isSameOrigin = ({ headers }: HttpEvent, siteUrl: string): boolean => {
  const fetchSite = headers['sec-fetch-site']
  if (fetchSite !== undefined) return fetchSite === 'same-origin'
  const { origin } = headers
  if (origin === undefined) return true
  return URL.canParse(origin) && URL.canParse(siteUrl) && new URL(origin).origin === new URL(siteUrl).origin
}
