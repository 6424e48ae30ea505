import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { importObjectKey } from '../../contracts/messages.ts'
import type { ImportQueue } from '../../ports/import-files.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'

/** The importer's own queue: the file is told of again as the bucket told of it. */
export const sqsImportQueue = (
  { queueUrl, bucket }: { readonly queueUrl: string; readonly bucket: string },
  client = new SQSClient(clientTimeouts()),
): ImportQueue => ({
  async again({ kind, importId, version }, seconds) {
    const object = {
      key: importObjectKey(kind, importId),
      size: 0,
      ...(version !== undefined && { 'version-id': version }),
    }
    const message = { source: 'aws.s3', detail: { bucket: { name: bucket }, object } }
    await client.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message), DelaySeconds: seconds }),
    )
  },
})
