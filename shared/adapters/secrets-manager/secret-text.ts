import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { clientTimeouts } from '../aws/client-timeouts.ts'

/** Fetches a secret's text, each time it is called. */
export const secretText =
  (secretId: string, client = new SecretsManagerClient(clientTimeouts())): (() => Promise<string>) =>
  async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    if (!SecretString) throw new Error('the secret holds no text')
    return SecretString
  }
