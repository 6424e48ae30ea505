import type { Mail } from './mail-store.ts'

/** The list of mails, newest first, as a page without scripts. */
export const mailboxPage = (
  mails: readonly Mail[],
  { to = '', more }: { readonly to?: string; readonly more: boolean },
): string =>
  page(
    'Mailbox',
    `<h1>Mailbox</h1>
<p>Every mail that this local run has sent. Nothing leaves this machine.</p>
<form method="get"><label>To <input type="search" name="to" value="${escapeHtml(to)}" size="40"></label> <button>Show</button></form>
${mails.length === 0 ? '<p>No mail.</p>' : list(mails)}
${more ? `<p>Only the newest ${mails.length} are shown; <a href="/mailbox.json">all of them as JSON</a>.</p>` : ''}`,
  )

/** One mail; its HTML is shown in a sandboxed frame that can only display itself and open links. */
export const mailPage = (mail: Mail): string => {
  const rows = Object.entries({ To: mail.to, Subject: mail.subject, Sent: mail.sentAt, ...mail.headers, ...mail.tags })
  return page(
    mail.subject,
    `<p><a href="/mailbox">Mailbox</a></p>
<h1>${escapeHtml(mail.subject)}</h1>
<table>${rows.map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}<td>${escapeHtml(value)}`).join('')}</table>
${mail.html === '' ? '' : `<iframe title="The mail as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${escapeHtml(withLinksElsewhere(mail.html))}"></iframe>`}
<h2>Text</h2>
<pre>${escapeHtml(mail.text)}</pre>`,
  )
}

/** Shown for an unknown mail id. */
export const noSuchMailPage = (): string =>
  page('No such mail', '<p><a href="/mailbox">Mailbox</a></p><h1>No such mail</h1>')

/** Content security policy: inline styles, and images in mails. */
export const mailboxContentPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-src 'self'; form-action 'self'; base-uri 'self'"

/** Links open in a new page, not in the frame. */
const withLinksElsewhere = (html: string): string => {
  const base = '<base target="_blank">'
  const inHead = html.replace(/<head(\s[^>]*)?>/i, (head) => head + base)
  return inHead === html ? base + html : inHead
}

const list = (mails: readonly Mail[]): string =>
  `<table><thead><tr><th scope="col">Sent<th scope="col">To<th scope="col">Subject<th scope="col">Kind<tbody>${mails
    .map(
      ({ id, to, subject, tags, sentAt }) =>
        `<tr><td><time>${escapeHtml(sentAt)}</time><td><a href="/mailbox?to=${encodeURIComponent(to)}">${escapeHtml(to)}</a>` +
        `<td><a href="/mailbox/${encodeURIComponent(id)}">${escapeHtml(subject)}</a><td>${escapeHtml(tags.kind ?? '')}`,
    )
    .join('')}</table>`

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ccc; vertical-align: top; overflow-wrap: anywhere }
iframe { width: 100%; height: 40rem; border: 1px solid #ccc; margin-top: 1rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
input, button { font: inherit; padding: .25rem .5rem }
</style>
<main>
${body}
</main>
</html>
`

const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
