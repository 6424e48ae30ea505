import type { Reader } from './check-file.ts'

const text =
  (change: (text: string) => string): Reader =>
  (bytes) =>
    Buffer.from(change(bytes.toString()))

const lines = (change: (line: string, width: number) => string) =>
  text((all) => {
    const [header = '', ...rows] = all.split('\n')
    return [header, ...rows.map((line) => change(line, header.split(',').length))].join('\n')
  })

/** Broken CSV readers, with faults that real ones have. */
export const brokenReaders: Readonly<Record<string, Reader>> = {
  'fills short rows up': lines((line, width) => {
    const missing = width - line.trimEnd().split(',').length
    return line.trim() === '' || line.includes('"') || missing <= 0 ? line : `${line.trimEnd()}${','.repeat(missing)}`
  }),
  'cuts long rows off': lines((line, width) => (line.includes('"') ? line : line.split(',').slice(0, width).join(','))),
  'takes what is no UTF-8 for Latin-1': (bytes) => {
    try {
      return Buffer.from(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    } catch {
      return Buffer.from(bytes.toString('latin1'))
    }
  },
  'leaves out bytes that are none of a text': text((all) => all.replaceAll('\0', '').replaceAll('\uFFFD', '')),
  'takes a lone CR for a line end': text((all) => all.replaceAll('\r', '\n')),
  'trims what it reads': text((all) => all.replaceAll(/ *, */g, ',')),
  'passes over a last line that does not end': text((all) => all.slice(0, all.lastIndexOf('\n') + 1)),
  'takes semicolons, too': text((all) => (all.split('\n')[0]?.includes(',') ? all : all.replaceAll(';', ','))),
  'takes the first of two equal rows': text((all) => [...new Set(all.split('\n'))].join('\n')),
}
