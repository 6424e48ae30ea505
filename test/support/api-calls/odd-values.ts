import * as fc from 'fast-check'
import { originSecretHeader, sessionCookie } from '../../../shared/contracts/http.ts'
import { methodsAt } from '../contract-check.ts'
import { anyText, signedAs } from './requests.ts'

export const oddQuery = fc.oneof(
  fc.constantFrom(
    '',
    '&',
    '=',
    '&&==',
    '?',
    '??',
    '%00',
    '%ff',
    'lang',
    'lang=',
    'lang=xx&lang=de',
    'lang[]=de',
    '__proto__=1',
  ),
  fc
    .array(fc.tuple(anyText, anyText), { maxLength: 4 })
    .map((pairs) =>
      pairs
        .map(
          ([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
        )
        .join('&'),
    ),
  fc.stringMatching(/^[!-"$-~]{1,80}$/).map((text) => text.replaceAll('%', '%25')),
  fc.integer({ min: 500, max: 3_000 }).map((length) => `lang=${'x'.repeat(length)}`),
)

export const cookieText = fc.stringMatching(/^[!-~]{0,60}$/).map((text) => text.replaceAll(/[;,\s]/g, '~'))
export const strangersCookie = fc.oneof(
  fc.constantFrom('', '=', ';', '; ;', `${sessionCookie}`, `${sessionCookie}=`, `${sessionCookie}==`, 'Host-session=x'),
  cookieText.map((value) => `${sessionCookie}=${value}`),
  fc.stringMatching(/^[A-Za-z0-9_-]{43}$/).map((value) => `${sessionCookie}=${value}`),
  fc.stringMatching(/^[A-Za-z0-9_-]{43}$/).map((value) => `__host-session=${value}; Session=${value}`),
  fc.stringMatching(/^[\u0080-\u00ff]{1,20}$/).map((value) => `${sessionCookie}=${value}`),
  fc.integer({ min: 1_000, max: 6_000 }).map((length) => `${sessionCookie}=${'A'.repeat(length)}`),
)

export const oddHeaders = fc.dictionary(
  fc.constantFrom(
    'accept',
    'accept-language',
    'user-agent',
    'x-forwarded-host',
    'referer',
    originSecretHeader,
    'x-amzn-trace-id',
  ),
  fc.oneof(
    cookieText,
    fc.stringMatching(/^[\u00a1-\u00ff]{1,30}$/),
    fc.constantFrom('*', 'de;q=nine', '../..', '${jndi:ldap://x}'),
  ),
  { maxKeys: 4 },
)

/** A signature of an unknown or unnamed caller. */
export const strangersSignature = fc.oneof(
  fc.constant({}),
  fc.constantFrom('botocore-session-1700000000', 'aws-sdk-js-1', '1700000000').map(signedAs),
  fc.constantFrom('AWS4-HMAC-SHA256', 'Bearer abc', 'Basic b2xnYTpvbGdh').map((authorization) => ({ authorization })),
  cookieText.filter((text) => text !== '').map((authorization) => ({ authorization })),
  fc
    .stringMatching(/^AKIA[A-Z0-9]{16}$/)
    .map((key) => ({ authorization: signedAs('olga').authorization?.replace('operator-olga', key) ?? '' })),
)

export const oddSegment = fc.oneof(
  fc.constantFrom(
    '%00',
    '%ff',
    '%',
    '%zz',
    '%2e%2e',
    '%2F',
    '%252F',
    '*',
    '$',
    '-',
    '_',
    '~',
    '%20',
    '%0d%0aX:%20y',
    'a;b=c',
    '%F0%9F%8E%93',
  ),
  anyText.map((text) => encodeURIComponent(text.toWellFormed()) || '-'),
  fc.stringMatching(/^[a-z0-9-]{1,48}$/),
  fc.integer({ min: 49, max: 4_000 }).map((length) => 'a'.repeat(length)),
  fc.uuid(),
)

export const unknownPath = fc
  .oneof(
    fc.constantFrom(
      '/api/',
      '/api/v1',
      '/api/v1/',
      '/api/v2/me',
      '/api/v1/me/',
      '/api/v1//me',
      '/api/v1/ME',
      '/api/v1/%6de',
      '/api/v1/me%00',
    ),
    fc.constantFrom(
      '/api/v1/sessions/other',
      '/api/v1/me/results/',
      '/api/v1/ops',
      '/api/v1/../v1/me',
      '/api/v1/.env',
      '/api/%2e%2e/etc/passwd',
    ),
    fc
      .array(fc.stringMatching(/^[a-z0-9._~-]{1,12}$/), { minLength: 1, maxLength: 6 })
      .map((parts) => `/api/${parts.join('/')}`),
    anyText.map((text) => `/api/v1/${encodeURIComponent(text.toWellFormed())}`),
  )
  .filter((path) => methodsAt(path).length === 0)
