import type { GetSecretValueRequest } from '@aws-sdk/client-secrets-manager'
import { AwsFault } from '../aws-fault.ts'
import { openJournal } from '../journal.ts'
import type { Operations } from '../service.ts'
import { dataFile, type ServiceContext } from '../service-context.ts'
import { newSecretValue } from './secret-values.ts'

interface KeptSecret {
  readonly value: string
  /** Epoch milliseconds. */
  readonly createdAt: number
}

/** The assembly's secrets, generated once and kept in the data folder, or for the process if there is none. */
export interface Secrets {
  readonly operations: Operations
  /** By ARN or name. Throws AwsFault if the assembly has no such secret. */
  value(reference: string): string
  stop(): void
}

export const createSecrets = (context: Pick<ServiceContext, 'assembly' | 'clock' | 'names' | 'dataDir'>): Secrets => {
  const { assembly, clock, names } = context
  const startedAt = clock.now()
  const journal = openJournal<KeptSecret>(dataFile(context, 'secrets.jsonl'))

  const find = (reference = ''): KeptSecret & { readonly arn: string } => {
    const arn = names.secret(reference)
    const resource = assembly.ofType('AWS::SecretsManager::Secret').find((secret) => secret.arn === arn)
    if (!resource) throw new AwsFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    const { SecretString } = resource.properties
    // A value from the template can change with the template; a generated one must not.
    if (typeof SecretString === 'string') return { arn, value: SecretString, createdAt: startedAt }
    const kept = journal.get(arn)
    if (kept) return { arn, ...kept }
    const made = { value: newSecretValue(resource), createdAt: clock.now() }
    journal.set(arn, made)
    return { arn, ...made }
  }

  return {
    value: (reference) => find(reference).value,
    stop: () => journal.close(),
    operations: {
      GetSecretValue({ SecretId }: GetSecretValueRequest) {
        const { arn, value, createdAt } = find(SecretId)
        return {
          ARN: arn,
          Name: arn
            .split(':secret:')
            .at(-1)
            ?.replace(/-\w{6}$/, ''),
          SecretString: value,
          VersionId: '00000000-0000-4000-8000-000000000001',
          VersionStages: ['AWSCURRENT'],
          CreatedDate: createdAt / 1_000,
        }
      },
    },
  }
}
