import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { type DeployedApi, OpsFailure } from './environment.ts'

/**
 * Finds a stage's API by its stack outputs, with the AWS CLI's default credentials and region. Throws OpsFailure if
 * there are no credentials or no such stack.
 */
export const findDeployedApi = async (stage: string): Promise<DeployedApi> => {
  const stackName = `results-service-${stage}-api`
  const client = new CloudFormationClient()
  const region = await client.config.region().catch((cause: unknown) => {
    throw new OpsFailure('no-region', 'No AWS region is set: set AWS_REGION or choose a profile with AWS_PROFILE.', {
      cause,
    })
  })
  const { Stacks: [stack] = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch((cause: unknown) => {
      throw lookUpFailure(stackName, region, cause)
    })
  const output = stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'ApiUrl')?.OutputValue
  if (!output) throw new OpsFailure('not-deployed', `Stack ${stackName} in ${region} has no output ApiUrl.`)
  return { origin: new URL(output).origin, region, credentials: client.config.credentials }
}

const lookUpFailure = (stackName: string, region: string, cause: unknown): OpsFailure => {
  const { name, message } = cause as Error
  if (name === 'CredentialsProviderError') {
    return new OpsFailure(
      'no-credentials',
      "No AWS credentials: assume the stage's operator role with your own name as session name (README, *Deploy*), or talk to a local run with --local=URL --as=NAME.",
      { cause },
    )
  }
  if (name === 'ValidationError' && message.includes('does not exist')) {
    return new OpsFailure('not-deployed', `There is no stack ${stackName} in ${region}: is the stage deployed there?`, {
      cause,
    })
  }
  return new OpsFailure('aws', `AWS could not describe stack ${stackName} in ${region}: ${message}`, { cause })
}
