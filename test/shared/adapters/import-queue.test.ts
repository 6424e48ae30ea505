import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, expect, test } from '@jest/globals'
import { sqsImportQueue } from '../../../shared/adapters/sqs/import-queue.ts'
import { importFileHandler } from '../../../shared/lambda/import-file.ts'
import type { PutFile, TimeLimit } from '../../../shared/protocols/import-file.ts'
import { startAwsEndpoint } from '../../support/aws-endpoint.ts'
import { recordingLog } from '../../support/log.ts'

let endpoint: Awaited<ReturnType<typeof startAwsEndpoint>>
afterEach(() => endpoint.stop())

test('an importer’s continuation arrives like the bucket’s own event, with the delay that was set', async () => {
  endpoint = await startAwsEndpoint(() => ({ status: 200, body: { MessageId: 'm1' } }))
  const queue = sqsImportQueue(
    { queueUrl: `${endpoint.settings.endpoint}/1/q`, bucket: 'b' },
    new SQSClient({ ...endpoint.settings, md5: false }),
  )
  await queue.again({ kind: 'entries', importId: 'import-1', version: 'v1' }, 20)
  await queue.again({ kind: 'entries', importId: 'import-2' }, 0)
  const sent = endpoint.requests.map(({ body }) => body as { MessageBody: string; DelaySeconds: number })
  expect(sent.map(({ DelaySeconds }) => DelaySeconds)).toEqual([20, 0])

  const asked: (PutFile & { left: number })[] = []
  const importer = async (file: PutFile, limit: TimeLimit) => {
    asked.push({ ...file, left: limit.remainingMilliseconds() })
    return { outcome: 'handed-on', because: 'out-of-time' } as const
  }
  const log = recordingLog()
  const Records = sent.map(({ MessageBody }, index) => ({ messageId: `m${index}`, body: MessageBody }))
  const answer = await importFileHandler(
    'entries',
    importer,
    log,
  )({ Records } as never, { getRemainingTimeInMillis: () => 61_000 })
  expect(answer).toEqual({ batchItemFailures: [] })
  expect(asked).toEqual([
    { importId: 'import-1', version: 'v1', left: 61_000 },
    { importId: 'import-2', left: 61_000 },
  ])
  expect(log.lines.map(({ message }) => message)).toEqual(['import handed on', 'import handed on'])
})
