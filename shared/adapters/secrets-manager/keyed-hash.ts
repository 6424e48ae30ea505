import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { KeyedHash } from '../../ports/keyed-hash.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'
import { hmacKeyedHash } from '../node/keyed-hash.ts'
import { secretText } from './secret-text.ts'

/**
 * The hash under a key kept in Secrets Manager. It is fetched while the function starts, so that the first request does
 * not wait for it, and kept as long as the function's process lives.
 */
export const secretsManagerKeyedHash = (
  secretId: string,
  client = new SecretsManagerClient(clientTimeouts()),
): KeyedHash => {
  const keyedHash = hmacKeyedHash(secretText(secretId, client))
  // A failure here is not the end: the first use fetches again, and fails its own request if it must.
  keyedHash('').catch(() => undefined)
  return keyedHash
}
