import { getDocument, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** An element of a PDF's structure tree; `text` is what its marked content shows. */
export interface StructureElement {
  readonly role: string
  readonly text: string
  readonly children: readonly StructureElement[]
}

export interface ReadPdf {
  readonly pageCount: number
  readonly title: string
  readonly language: string
  /** Whether it is marked as tagged. */
  readonly isTagged: boolean
  /** The document's metadata as XML. */
  readonly xmp: string
  /** All visible text, one line per piece. */
  readonly text: string
  /** In reading order, over all pages. */
  readonly structure: readonly StructureElement[]
  /** Visible text that is neither in the structure tree nor an artifact. */
  readonly untagged: readonly string[]
}

/** Reads a PDF with a different library than the one that created it. */
export const readPdf = async (bytes: Uint8Array): Promise<ReadPdf> => {
  const task = getDocument({ data: Uint8Array.from(bytes), verbosity: VerbosityLevel.ERRORS })
  const pdf = await task.promise
  const { info, metadata } = await pdf.getMetadata()
  // A map, whatever its type says.
  const marks = await pdf.getMarkInfo()
  const pages = await Promise.all(
    Array.from({ length: pdf.numPages }, async (_, index) => readPage(await pdf.getPage(index + 1))),
  )
  const read = {
    pageCount: pdf.numPages,
    title: String((info as Record<string, unknown>).Title),
    language: String((info as Record<string, unknown>).Language),
    isTagged: (marks as unknown as ReadonlyMap<string, boolean> | null)?.get('Marked') === true,
    xmp: String(metadata?.getRaw() ?? ''),
    text: pages.flatMap(({ pieces }) => pieces.map(({ text }) => text)).join('\n'),
    structure: pages.flatMap(({ structure }) => structure),
    untagged: pages.flatMap(({ pieces }) => pieces.filter(({ isTagged }) => !isTagged).map(({ text }) => text)),
  }
  await task.destroy()
  return read
}

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof getDocument>['promise']>['getPage']>>
type StructureNode = NonNullable<Awaited<ReturnType<Page['getStructTree']>>>

interface Piece {
  readonly text: string
  /** Of the marked content that it stands in. */
  readonly id: string | undefined
  readonly isTagged: boolean
}

const readPage = async (page: Page) => {
  const pieces = piecesOf(await page.getTextContent({ includeMarkedContent: true }))
  const tree = await page.getStructTree()
  return { pieces, structure: tree ? [elementOf(tree, pieces)] : [] }
}

const piecesOf = ({ items }: Awaited<ReturnType<Page['getTextContent']>>): Piece[] => {
  const open: { readonly tag: string; readonly id: string | undefined }[] = []
  return items.flatMap((item) => {
    if ('str' in item) {
      const id = open.findLast((mark) => mark.id !== undefined)?.id
      const isTagged = id !== undefined || open.some(({ tag }) => tag === 'Artifact')
      return item.str.trim() === '' ? [] : [{ text: item.str, id, isTagged }]
    }
    if (item.type === 'endMarkedContent') open.pop()
    // Its type lacks the tag.
    else open.push({ tag: (item as { tag?: string }).tag ?? '', id: item.id })
    return []
  })
}

const elementOf = (node: StructureNode, pieces: readonly Piece[]): StructureElement => {
  const contents = node.children.filter((child) => 'type' in child)
  return {
    role: node.role,
    text: pieces
      .filter(({ id }) => contents.some((content) => content.id === id))
      .map(({ text }) => text)
      .join(' '),
    children: node.children.flatMap((child) => ('role' in child ? [elementOf(child, pieces)] : [])),
  }
}
