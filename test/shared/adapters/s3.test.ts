import { S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from '@jest/globals'
import { s3ImportFiles, s3ImportReports } from '../../../shared/adapters/s3/import-files.ts'

describe('the presigned URL of an import', () => {
  const client = new S3Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })

  test('for its file names the object, expires after 15 minutes, and requires nothing but the file', async () => {
    const url = new URL(await s3ImportFiles('bucket', client).uploadUrl({ kind: 'entries', importId: 'import-1' }))
    expect(url.pathname).toBe('/entries/import-1.csv')
    expect(url.searchParams.get('X-Amz-Expires')).toBe('900')
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host')
    expect(url.search.toLowerCase()).not.toContain('checksum')
  })

  test('for its bad rows names their file, and expires after 15 minutes', async () => {
    const url = new URL(await s3ImportReports('bucket', client).errorsUrl('import-1'))
    expect(url.pathname).toBe('/reports/import-1-errors.csv')
    expect(url.searchParams.get('X-Amz-Expires')).toBe('900')
  })
})
