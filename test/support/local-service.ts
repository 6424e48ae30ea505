import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { violations } from './contract-check.ts'

/** A mail as `/mailbox.json` shows it. */
export interface Mail {
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly sentAt: string
}

export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, or undefined where there is no body. */
  readonly body: Record<string, unknown> | undefined
  /** The body as it came. */
  readonly bytes: Uint8Array
  /** `name=value` of the session cookie, as a client sends it back. */
  readonly cookie: string | undefined
}

export interface OpsAnswer {
  readonly exitCode: number
  readonly json: Record<string, unknown>
  readonly stderr: string
}

/** The whole service, run by `npm start` in its own processes. */
export interface LocalService {
  readonly url: string
  /** Its output so far. */
  readonly output: () => string
  /** One API call; throws if the response violates the contract. */
  call(method: string, path: string, options?: { body?: unknown; cookie?: string | undefined }): Promise<ApiAnswer>
  /** `npm run ops -- … --json` as the named person. */
  ops(as: string, ...parameters: string[]): Promise<OpsAnswer>
  mails(to?: string): Promise<Mail[]>
  getJson(path: string): Promise<unknown>
  /** Moves the service's clock and returns its new instant. */
  moveClock(move: { advanceSeconds: number } | { to: string } | { frozen: boolean }): Promise<string>
  stop(): Promise<void>
}

const node = (parameters: readonly string[], environment: Record<string, string> = {}): ChildProcess =>
  spawn(process.execPath, [...parameters], {
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

const collect = (child: ChildProcess) => {
  const chunks = { stdout: '', stderr: '' }
  child.stdout?.on('data', (data) => {
    chunks.stdout += data
  })
  child.stderr?.on('data', (data) => {
    chunks.stderr += data
  })
  return chunks
}

/** Starts `bin/start.ts` on a free port without sample data, and waits until it says `ready`. */
export const startLocalService = (...parameters: string[]): Promise<LocalService> =>
  startAsNewcomer('--empty', ...parameters)

/** The same with sample data, as `npm start` does it. */
export const startAsNewcomer = async (...parameters: string[]): Promise<LocalService> => {
  const child = node(['bin/start.ts', ...parameters], { PORT: '0' })
  const printed = collect(child)
  const url = await ready(child, printed)

  const call: LocalService['call'] = async (method, path, { body, cookie } = {}) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(cookie && { cookie }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const answered = isJson ? JSON.parse(Buffer.from(bytes).toString()) : undefined
    const broken = violations(method, `/api${path}`, {
      status: response.status,
      contentType: response.headers.get('content-type'),
      body: answered,
    })
    if (broken.length > 0) throw new Error(broken.join('\n'))
    return {
      status: response.status,
      headers: response.headers,
      body: answered,
      bytes,
      cookie: response.headers.getSetCookie()[0]?.split(';')[0],
    }
  }

  const getJson = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json()

  return {
    url,
    output: () => printed.stdout + printed.stderr,
    call,
    getJson,
    async ops(as, ...command) {
      const ops = node(['bin/ops.ts', ...command, '--json', `--local=${url}`, `--as=${as}`])
      const chunks = collect(ops)
      const [exitCode] = (await once(ops, 'close')) as [number]
      return { exitCode, stderr: chunks.stderr, json: chunks.stdout === '' ? {} : JSON.parse(chunks.stdout) }
    },
    mails: async (to) => (await getJson(`/mailbox.json${to ? `?to=${encodeURIComponent(to)}` : ''}`)) as Mail[],
    async moveClock(move) {
      const response = await fetch(`${url}/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(move),
      })
      const answer = (await response.json()) as { now: string }
      if (!response.ok) throw new Error(`the clock refused: ${JSON.stringify(answer)}`)
      return answer.now
    },
    async stop() {
      if (child.exitCode !== null) return
      const closed = once(child, 'close')
      child.kill('SIGINT')
      await closed
    },
  }
}

const ready = (child: ChildProcess, printed: { stdout: string; stderr: string }): Promise<string> =>
  new Promise((resolve, reject) => {
    if (!child.stdout) return reject(new Error('no output to read'))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /^ready (http:\/\/\S+)$/.exec(line) ?? []
      if (url) resolve(url)
    })
    child.once('exit', (code) =>
      reject(new Error(`the service ended with ${code}:\n${printed.stdout}${printed.stderr}`)),
    )
  })

/** Polls until the check returns a value; on timeout fails with the description of what it waited for. */
export const eventually = async <Answer>(
  what: string,
  check: () => Promise<Answer | undefined | false>,
  seconds = 120,
): Promise<Answer> => {
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    const answer = await check()
    if (answer !== undefined && answer !== false) return answer as Answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`waited ${seconds} s in vain for: ${what}`)
}
