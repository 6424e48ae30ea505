import PDFDocument from 'pdfkit'
import type { PrintStatement } from '../../ports/statement-printer.ts'
import { type StatementPage, statementPage } from '../../statements/statement-page.ts'
import { type Fonts, type Line, type Pen, penFor } from './pen.ts'

export type { Fonts } from './pen.ts'

/** Sizes of print, until it is too small to read; what does not fit even then goes over several pages in full size. */
const scales = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6]

/**
 * Prints statements as tagged PDF in the way of PDF/UA-1 (ISO 14289-1): every mark is in the structure tree or an artifact,
 * tables have row headers, language and title are set, fonts are embedded. On one page, in smaller print if need be.
 */
export const pdfkitStatements =
  ({ fonts, issuer }: { readonly fonts: Fonts; readonly issuer: string }): PrintStatement =>
  async (statement, language) => {
    const page = statementPage(statement, language, issuer)
    const document = documentFor(page)
    const bytes = bytesOf(document)
    const pen = penFor(document, fonts)
    const lines = linesOf(page)
    pen.scaleTo(scales.find((scale) => pen.fits(lines, scale)) ?? 1)
    draw(pen, lines)
    document.end()
    return bytes
  }

const documentFor = ({ language, fileTitle, shownSince }: StatementPage): PDFKit.PDFDocument =>
  new PDFDocument({
    size: 'A4',
    margins: { top: 56, bottom: 48, left: 64, right: 64 },
    pdfVersion: '1.7',
    subset: 'PDF/UA',
    tagged: true,
    lang: language,
    displayTitle: true,
    // None: pdfkit's own would be read from a file that is not deployed, and is embedded in no document.
    font: '',
    info: { Title: fileTitle, Creator: 'results-service', Producer: 'PDFKit', CreationDate: new Date(shownSince) },
    // Its types do not know of PDF/UA.
  } as object)

const bytesOf = (document: PDFKit.PDFDocument): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    document.on('error', reject)
    document.on('end', () => resolve(Buffer.concat(chunks)))
  })

/** The page from top to bottom. */
const linesOf = ({ issuer, title, details, result, skills, notes }: StatementPage): readonly Line[] => [
  { tag: 'P', text: issuer },
  { tag: 'H1', text: title },
  { tag: 'Table', rows: details },
  { tag: 'H2', text: result.heading },
  { tag: 'Table', rows: result.rows, isLarge: true },
  ...(skills
    ? ([
        { tag: 'H2', text: skills.heading },
        { tag: 'Table', rows: skills.rows, columns: skills.columns },
      ] as const)
    : []),
  ...notes.map((text) => ({ tag: 'P', text }) as const),
]

const draw = (pen: Pen, lines: readonly Line[]): void => {
  for (const line of lines) pen.draw(line)
  pen.end()
}
