import { createHash } from 'node:crypto'
import { devNull } from 'node:os'
import { functionNames } from '../../../shared/contracts/environments.ts'
import { StartUpError } from '../start-up-error.ts'
import type { LocalAssembly, LocalPrincipal, LocalResource } from '../types.ts'
import type { FunctionStart } from './function-messages.ts'

/** The configuration of a function's process. */
export interface DeployedFunction {
  readonly principal: LocalPrincipal
  /** The access key that identifies its calls. */
  readonly accessKeyId: string
  readonly setup: Omit<FunctionStart, 'kind' | 'clock'>
  /** Its environment, except for the SDK's endpoint. */
  readonly environment: Readonly<Record<string, string>>
}

/** Throws StartUpError if its runtime is not Node, or the assembly lacks its code. */
export const deployedFunction = (assembly: LocalAssembly, lambda: LocalResource): DeployedFunction => {
  const { Environment, Handler, MemorySize = 128, Timeout = 3, Runtime, Role = '' } = lambda.properties
  if (!String(Runtime).startsWith('nodejs')) {
    throw new StartUpError(`The local run does not know the runtime of ${lambda.id}: ${String(Runtime)}`)
  }
  const given = (Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {}
  const key = accessKeyId(lambda.arn)
  return {
    principal: { name: folderOf(assembly, lambda), roleArn: String(Role) },
    accessKeyId: key,
    setup: {
      code: assembly.codeOf(lambda),
      handler: String(Handler),
      functionArn: lambda.arn,
      timeoutMilliseconds: Number(Timeout) * 1_000,
    },
    environment: {
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])),
      _HANDLER: String(Handler),
      AWS_ACCESS_KEY_ID: key,
      AWS_SECRET_ACCESS_KEY: key,
      AWS_DEFAULT_REGION: assembly.region,
      AWS_REGION: assembly.region,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_FUNCTION_NAME: lambda.id,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${lambda.id}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      // The developer's own AWS settings must not reach the function.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      LANG: 'en_US.UTF-8',
      TZ: 'UTC',
    },
  }
}

/** `identity/log-in` for `results-service-dev-identity-log-in`; the name itself if it is not in the contract. */
const folderOf = ({ stage }: LocalAssembly, { id }: LocalResource): string => {
  const name = id.replace(`results-service-${stage}-`, '')
  return functionNames.find((folder) => folder.replace('/', '-') === name) ?? name
}

/** Alphanumeric like AWS access keys; deterministic. */
const accessKeyId = (functionArn: string) =>
  `LKIA${createHash('sha256').update(functionArn).digest('hex').slice(0, 16).toUpperCase()}`
