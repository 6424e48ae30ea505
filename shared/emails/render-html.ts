import type { MailBlock, MailDocument } from './document.ts'
import { escapeHtml } from './escape-html.ts'

/**
 * The mail as a page: one column that fits 320 px, no picture, nothing loaded from anywhere (R59). Light colours stand
 * on the elements, for programs that drop style sheets; the sheet turns them dark where the reader's screen is.
 */
export const renderHtml = ({ language, subject, blocks }: MailDocument): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>
:root { color-scheme: light dark }
@media (prefers-color-scheme: dark) {
  .page { background: #16191d !important; color: #f1f3f5 !important }
  .small { color: #b8c0c8 !important }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#ffffff;color:#16191d">
<div class="page" lang="${language}" style="max-width:560px;margin:0 auto;padding:24px 16px;font-family:Arial,Helvetica,sans-serif;font-size:17px;line-height:1.5;background:#ffffff;color:#16191d;overflow-wrap:anywhere">
${blocks.map(htmlOf).join('\n')}
</div>
</body>
</html>
`

const htmlOf = (block: MailBlock): string => {
  switch (block.kind) {
    case 'paragraph':
      return `<p style="margin:0 0 16px">${escapeHtml(block.text)}</p>`
    case 'button':
      return `<p style="margin:24px 0 12px"><a href="${escapeHtml(block.url)}" style="display:inline-block;padding:12px 20px;border-radius:4px;background:#0b5394;border:1px solid #ffffff;color:#ffffff;font-weight:bold;text-decoration:none">${escapeHtml(block.label)}</a></p>
<p class="small" style="margin:0 0 24px;font-size:15px;color:#4a525a">${escapeHtml(block.url)}</p>`
    case 'small-print':
      return `<hr style="border:0;border-top:1px solid #8a939b;margin:24px 0 16px">
<p class="small" style="margin:0;font-size:15px;color:#4a525a">${escapeHtml(block.text)}</p>`
  }
}
