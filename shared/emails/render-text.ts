import type { MailBlock, MailDocument } from './document.ts'

/** The mail for readers without HTML. An address has a line of its own, so that every program makes a link of all of it. */
export const renderText = ({ blocks }: MailDocument): string => blocks.map(textOf).join('\n\n').concat('\n')

const textOf = (block: MailBlock): string => {
  switch (block.kind) {
    case 'paragraph':
      return block.text
    case 'button':
      return `${block.label}\n${block.url}`
    case 'small-print':
      return `--\n${block.text}`
  }
}
