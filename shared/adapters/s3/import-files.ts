import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { importErrorsKey, importObjectKey, importReportKey } from '../../contracts/messages.ts'
import type { ImportReport } from '../../domain/import.ts'
import type { ImportFiles, ImportReports } from '../../ports/import-files.ts'
import { clientTimeouts } from '../aws/client-timeouts.ts'

const addressSeconds = 15 * 60

/** A list of a hundred thousand bad rows is some megabytes to send. */
const requestTimeout = 30_000

/** The SDK would otherwise sign a checksum of nothing into an upload address, and S3 would refuse every file. */
const s3Client = () =>
  new S3Client({
    ...clientTimeouts(requestTimeout),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })

/** Import files as objects `<kind>/<importId>.csv` of a bucket that keeps versions. */
export const s3ImportFiles = (Bucket: string, client: S3Client = s3Client()): ImportFiles => ({
  uploadUrl({ kind, importId }) {
    const put = new PutObjectCommand({ Bucket, Key: importObjectKey(kind, importId) })
    return getSignedUrl(client, put, { expiresIn: addressSeconds })
  },
  async open({ kind, importId }, version) {
    const {
      Body,
      VersionId,
      ContentLength = 0,
    } = await client.send(
      new GetObjectCommand({
        Bucket,
        Key: importObjectKey(kind, importId),
        ...(version !== undefined && { VersionId: version }),
      }),
    )
    if (!Body || !VersionId) throw new Error('the imports bucket gave no body, or keeps no versions')
    return { version: VersionId, size: ContentLength, bytes: Body as unknown as AsyncIterable<Uint8Array> }
  },
  async remove({ kind, importId }, version) {
    const Key = importObjectKey(kind, importId)
    await client.send(new DeleteObjectCommand({ Bucket, Key, ...(version !== undefined && { VersionId: version }) }))
  },
})

/** Reports as objects `reports/<importId>.json` of the same bucket, bad rows as `reports/<importId>-errors.csv`. */
export const s3ImportReports = (Bucket: string, client: S3Client = s3Client()): ImportReports => ({
  async writeErrors(importId, csv) {
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key: importErrorsKey(importId),
        Body: csv,
        ContentType: 'text/csv; charset=utf-8',
      }),
    )
  },
  errorsUrl: (importId) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket, Key: importErrorsKey(importId) }), {
      expiresIn: addressSeconds,
    }),
  async write(report) {
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key: importReportKey(report.importId),
        Body: JSON.stringify(report),
        ContentType: 'application/json',
      }),
    )
  },
  async read(importId) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: importReportKey(importId) }))
    if (!Body) throw new Error('the report is empty')
    return JSON.parse(await Body.transformToString()) as ImportReport
  },
})
