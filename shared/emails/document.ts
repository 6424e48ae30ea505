import type { Language } from '../domain/language.ts'

/** A mail as its author sees it; both its forms are made from this one. Texts stand here as they are read, not escaped. */
export interface MailDocument {
  readonly language: Language
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly button: { readonly label: string; readonly url: string }
  readonly afterwards: readonly string[]
  /** Why the reader gets this mail. */
  readonly footer: string
}

/** Subject and both forms of a body, as SES takes them. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** The mail for readers without HTML. */
export const renderText = ({ paragraphs, button, afterwards, footer }: MailDocument): string =>
  [...paragraphs, `${button.label}:\n${button.url}`, ...afterwards, `--\n${footer}`].join('\n\n').concat('\n')

/**
 * The mail as a page: one column that fits 320 px, no picture, nothing loaded from anywhere (R59), and colours that
 * hold on light and dark grounds alike.
 */
export const renderHtml = ({ language, subject, paragraphs, button, afterwards, footer }: MailDocument): string => {
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`
  return `<!doctype html>
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
<div class="page" style="max-width:560px;margin:0 auto;padding:24px 16px;font-family:Arial,Helvetica,sans-serif;font-size:17px;line-height:1.5;background:#ffffff;color:#16191d;overflow-wrap:anywhere">
${paragraphs.map(paragraph).join('\n')}
<p style="margin:24px 0"><a href="${escapeHtml(button.url)}" style="display:inline-block;padding:12px 20px;border-radius:4px;background:#0b5394;border:1px solid #ffffff;color:#ffffff;font-weight:bold;text-decoration:none">${escapeHtml(button.label)}</a></p>
<p class="small" style="margin:0 0 16px;font-size:15px;color:#4a525a">${escapeHtml(button.url)}</p>
${afterwards.map(paragraph).join('\n')}
<hr style="border:0;border-top:1px solid #8a939b;margin:24px 0 16px">
<p class="small" style="margin:0;font-size:15px;color:#4a525a">${escapeHtml(footer)}</p>
</div>
</body>
</html>
`
}

/** Both forms of a mail. */
export const render = (document: MailDocument): RenderedMail => ({
  subject: document.subject,
  text: renderText(document),
  html: renderHtml(document),
})

/** Safe as content and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
