import { SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2'
import { clientTimeouts } from '../aws/client-timeouts.ts'

/**
 * The client that sends: one attempt a call, since SES cannot recognise a repeat and the SDK's retries would send a
 * mail up to three times (G4). It gives up well before a function does, so that the outcome can still be written down.
 */
export const singleAttemptSesClient = (
  settings: SESv2ClientConfig = {},
  { requestTimeout = 10_000 }: { readonly requestTimeout?: number } = {},
): SESv2Client =>
  new SESv2Client({
    ...settings,
    maxAttempts: 1,
    ...clientTimeouts(requestTimeout),
  })
