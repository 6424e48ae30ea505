import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { patience } from '../aws/patience.ts'

/** Fetches a secret's text, each time it is called. */
export const secretText =
  (secretId: string, client = new SecretsManagerClient(patience())): (() => Promise<string>) =>
  async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    if (!SecretString) throw new Error('the secret holds no text')
    return SecretString
  }
