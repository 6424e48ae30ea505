import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Mail, MailStore } from './mail-store.ts'
import { mailboxContentPolicy, mailboxPage, mailPage, noSuchMailPage } from './mailbox-pages.ts'

/** Serves `/mailbox.json`, `/mailbox` and `/mailbox/<id>`. */
export type Mailbox = (request: IncomingMessage, response: ServerResponse) => void

const mailsOnPage = 200

export const mailboxOf =
  (mails: MailStore): Mailbox =>
  (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const to = url.searchParams.get('to') || undefined
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
    } else if (url.pathname === '/mailbox.json') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      // Streamed, as the list is long after a results day. A client that disconnects is not an error.
      pipeline(Readable.from(jsonArray(mails.newestFirst(to))), response).catch(() => response.destroy())
    } else if (url.pathname === '/mailbox') {
      const newest = firstOf(mails.newestFirst(to), mailsOnPage + 1)
      const more = newest.length > mailsOnPage
      sendPage(response, 200, mailboxPage(newest.slice(0, mailsOnPage), { more, ...(to !== undefined && { to }) }))
    } else {
      const mail = mails.get(decodeURIComponent(url.pathname.replace(/^\/mailbox\//, '')))
      sendPage(response, mail ? 200 : 404, mail ? mailPage(mail) : noSuchMailPage())
    }
  }

const firstOf = (mails: Iterable<Mail>, count: number): readonly Mail[] => {
  const first: Mail[] = []
  for (const mail of mails) {
    if (first.push(mail) === count) break
  }
  return first
}

function* jsonArray(mails: Iterable<Mail>): Generator<string> {
  let separator = '['
  for (const { id, to, subject, text, html, headers, tags, sentAt } of mails) {
    yield separator + JSON.stringify({ id, to, subject, text, html, headers, tags, sentAt })
    separator = ',\n'
  }
  yield separator === '[' ? '[]\n' : ']\n'
}

const sendPage = (response: ServerResponse, status: number, html: string): void => {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': mailboxContentPolicy,
    'cache-control': 'no-store',
  })
  response.end(html)
}
