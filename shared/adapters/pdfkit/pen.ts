import type { Row } from '../../statements/statement-page.ts'

/** TrueType or OpenType files that cover the names that may stand on a statement. */
export interface Fonts {
  readonly regular: Uint8Array
  readonly bold: Uint8Array
}

/** Something that stands on the page by itself. */
export type Line =
  | { readonly tag: 'H1' | 'H2' | 'P'; readonly text: string }
  | { readonly tag: 'Table'; readonly rows: readonly Row[]; readonly columns?: Row; readonly isLarge?: true }

/** Writes from top to bottom, in the structure tree and on the page at once. */
export interface Pen {
  /** Whether all of it stands on one page in print of this scale. */
  fits(lines: readonly Line[], scale: number): boolean
  scaleTo(scale: number): void
  draw(line: Line): void
  end(): void
}

/** How a text looks; sizes in points at scale 1. */
interface Look {
  readonly font: keyof Fonts
  readonly size: number
  readonly colour: string
  readonly above: number
  readonly below: number
}

const ink = '#1a1a1a'
/** 7:1 and more on white. */
const faint = '#4a4a4a'
const rule = '#b5b5b5'

const looks = {
  H1: { font: 'bold', size: 22, colour: ink, above: 10, below: 12 },
  H2: { font: 'bold', size: 13, colour: ink, above: 20, below: 4 },
  P: { font: 'regular', size: 9.5, colour: faint, above: 12, below: 0 },
  label: { font: 'regular', size: 10.5, colour: faint, above: 5, below: 5 },
  largeLabel: { font: 'regular', size: 10.5, colour: faint, above: 8, below: 5 },
  value: { font: 'regular', size: 10.5, colour: ink, above: 5, below: 5 },
  largeValue: { font: 'bold', size: 14, colour: ink, above: 5, below: 5 },
  column: { font: 'bold', size: 10.5, colour: ink, above: 5, below: 5 },
} as const satisfies Record<string, Look>

/** Part of the width that labels take. */
const labelShare = 0.42
const gutter = 12

interface Cell {
  readonly tag: 'TH' | 'TD'
  readonly scope?: 'Row' | 'Column'
  readonly text: string
  readonly look: Look
}

/** A pen on a document's first page. */
export const penFor = (document: PDFKit.PDFDocument, fonts: Fonts): Pen => {
  const { left, right, top, bottom } = document.page.margins
  const width = document.page.width - left - right
  const lowest = document.page.height - bottom
  const root = document.struct('Document')
  document.addStructure(root)
  document.registerFont('regular', fonts.regular as Buffer)
  document.registerFont('bold', fonts.bold as Buffer)
  let scale = 1
  let y = top

  const dress = ({ font, size, colour }: Look) => {
    document.font(font, size * scale).fillColor(colour)
  }
  const heightOf = (text: string, look: Look, room: number) => {
    dress(look)
    return document.heightOfString(text, { width: room }) + (look.above + look.below) * scale
  }
  const write = (text: string, look: Look, x: number, room: number) => {
    dress(look)
    document.text(text, x, y + look.above * scale, { width: room })
  }

  const labelWidth = width * labelShare
  const columns = [
    { x: left, room: labelWidth - gutter },
    { x: left + labelWidth, room: width - labelWidth },
  ] as const
  const roomOf = (index: number) => columns[index === 0 ? 0 : 1]
  const rowHeight = (cells: readonly Cell[]) =>
    Math.max(...cells.map(({ text, look }, index) => heightOf(text, look, roomOf(index).room)))

  const heightOfLine = (line: Line): number =>
    line.tag === 'Table'
      ? rowsOf(line).reduce((sum, cells) => sum + rowHeight(cells), 0)
      : heightOf(line.text, looks[line.tag], width)

  const makeRoom = (height: number) => {
    if (y + height <= lowest) return
    document.addPage()
    y = top
  }

  const underline = () => {
    document.markContent('Artifact', { type: 'Layout' })
    document
      .moveTo(left, y)
      .lineTo(left + width, y)
      .lineWidth(0.5)
      .strokeColor(rule)
      .stroke()
    document.endMarkedContent()
  }

  const drawText = ({ tag, text }: Extract<Line, { text: string }>) => {
    const height = heightOf(text, looks[tag], width)
    makeRoom(height)
    root.add(document.struct(tag, {}, () => write(text, looks[tag], left, width)))
    y += height
  }

  const drawTable = (line: Extract<Line, { rows: readonly Row[] }>) => {
    const table = document.struct('Table')
    root.add(table)
    for (const cells of rowsOf(line)) {
      const height = rowHeight(cells)
      makeRoom(height)
      const row = document.struct('TR')
      table.add(row)
      for (const [index, { tag, scope, text, look }] of cells.entries()) {
        const { x, room } = roomOf(index)
        row.add(document.struct(tag, scopeOf(scope), () => write(text, look, x, room)))
      }
      y += height
      underline()
    }
  }

  return {
    fits(lines, wanted) {
      const before = scale
      scale = wanted
      const height = lines.reduce((sum, line) => sum + heightOfLine(line), 0)
      scale = before
      return top + height <= lowest
    },
    scaleTo(wanted) {
      scale = wanted
    },
    draw(line) {
      if (line.tag === 'Table') drawTable(line)
      else drawText(line)
    },
    end() {
      root.end()
    },
  }
}

/** An attribute of the structure tree that pdfkit knows and its types do not. */
const scopeOf = (scope: Cell['scope']): PDFKit.Mixins.StructureElementOptions => (scope ? ({ scope } as object) : {})

/** Each row's first cell is its header; so are the columns' names, where there are any. */
const rowsOf = ({ rows, columns, isLarge }: Extract<Line, { rows: readonly Row[] }>): readonly (readonly Cell[])[] => [
  ...(columns ? [columns.map((text) => ({ tag: 'TH', scope: 'Column', text, look: looks.column }) as const)] : []),
  ...rows.map(([label, value]): readonly Cell[] => [
    { tag: 'TH', scope: 'Row', text: label, look: isLarge ? looks.largeLabel : looks.label },
    { tag: 'TD', text: value, look: isLarge ? looks.largeValue : looks.value },
  ]),
]
