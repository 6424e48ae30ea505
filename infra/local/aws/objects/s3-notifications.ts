import { StartUpError } from '../../start-up-error.ts'
import type { LocalAssembly } from '../../types.ts'
import { nameOf } from '../access/role-policies.ts'

/** Names of the buckets that send events to EventBridge. Throws StartUpError on any other notification. */
export const bucketsWithEvents = (assembly: LocalAssembly): ReadonlySet<string> => {
  const configurations = [
    ...assembly.ofType('AWS::S3::Bucket').map((resource) => ({ resource, bucket: resource.id })),
    // The CDK sets notifications by a custom resource.
    ...assembly
      .ofType('Custom::S3BucketNotifications')
      .map((resource) => ({ resource, bucket: String(resource.properties.BucketName) })),
  ]
  return new Set(
    configurations.flatMap(({ resource, bucket }) => {
      const configuration = (resource.properties.NotificationConfiguration ?? {}) as Record<string, unknown>
      const { EventBridgeConfiguration, ...others } = configuration
      const [unknown] = Object.keys(others)
      if (unknown) throw new StartUpError(`${nameOf(resource)}: the local run does not support ${unknown} of a bucket`)
      return isOn(EventBridgeConfiguration) ? [bucket] : []
    }),
  )
}

const isOn = (configuration: unknown): boolean =>
  configuration !== undefined &&
  String((configuration as { EventBridgeEnabled?: boolean | string }).EventBridgeEnabled ?? true) === 'true'
