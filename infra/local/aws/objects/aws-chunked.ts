import { AwsFault } from '../aws-fault.ts'

/**
 * Decodes a body with `Content-Encoding: aws-chunked`: `<hex length>[;signature]`, data, …, `0`, trailers
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html). Memory stays bounded by one read.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  onTrailer: (name: string, value: string) => void,
): AsyncGenerator<Buffer> {
  const state: { part: Part; left: number; pending: Buffer } = { part: 'header', left: 0, pending: Buffer.alloc(0) }

  const takeLine = (): string | undefined => {
    const end = state.pending.indexOf('\r\n')
    if (end < 0) return undefined
    const line = state.pending.subarray(0, end).toString('latin1')
    state.pending = state.pending.subarray(end + 2)
    return line
  }
  const takeData = (): Buffer => {
    const data = state.pending.subarray(0, state.left)
    state.pending = state.pending.subarray(data.length)
    state.left -= data.length
    return data
  }
  const readLine = (line: string) => {
    switch (state.part) {
      case 'header':
        state.left = lengthOf(line)
        state.part = state.left === 0 ? 'trailers' : 'data'
        break
      case 'trailers': {
        const [name = '', value = ''] = line.split(/:(.*)/s)
        if (name !== '') onTrailer(name.trim().toLowerCase(), value.trim())
        break
      }
      case 'data':
        // The empty line after the data.
        state.part = 'header'
        break
    }
  }

  for await (const piece of source) {
    state.pending = state.pending.length > 0 ? Buffer.concat([state.pending, piece]) : piece
    for (;;) {
      if (state.left > 0) {
        const data = takeData()
        if (data.length > 0) yield data
        if (state.left > 0) break
      }
      const line = takeLine()
      if (line === undefined) break
      readLine(line)
    }
  }
  if (state.part !== 'trailers') throw new AwsFault('IncompleteBody', 'The request body terminated unexpectedly')
}

/** The next expected part. */
type Part = 'header' | 'data' | 'trailers'

const lengthOf = (header: string): number => {
  const length = /^[0-9a-f]+/i.exec(header)?.[0]
  if (length === undefined) throw new AwsFault('InvalidChunkSizeError', 'A chunk of the body has no length')
  return Number.parseInt(length, 16)
}
