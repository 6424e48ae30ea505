import type { IncomingMessage, ServerResponse } from 'node:http'
import { ClockRefusal, type MovableClock } from './clock.ts'
import { readBody } from './http/http-messages.ts'

/** Handles `GET /clock` and `POST /clock` (contracts, *Commands*). */
export const clockRequests =
  (clock: MovableClock) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    switch (request.method) {
      case 'GET':
        return answer(response, 200, { now: shown(clock) })
      case 'POST':
        return move(clock, request, response)
      default:
        response.writeHead(405, { allow: 'GET, POST' }).end()
    }
  }

const move = async (clock: MovableClock, request: IncomingMessage, response: ServerResponse) => {
  // A cross-site page cannot send this content type without a preflight request.
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return answer(response, 415, { error: 'Please send application/json.' })
  }
  try {
    const { to, by, frozen } = parseMove(await readBody(request, 10_000))
    if (frozen !== undefined) clock.freeze(frozen)
    if (by !== undefined) await clock.advance(by)
    if (to !== undefined) await clock.moveTo(to)
    answer(response, 200, { now: shown(clock) })
  } catch (error) {
    if (!(error instanceof ClockRefusal)) throw error
    answer(response, 400, { error: error.message })
  }
}

const usage = 'Send {"advanceSeconds": n} or {"to": instant}, and optionally "frozen": true or false.'

interface Move {
  /** Epoch milliseconds. */
  readonly to?: number
  /** Milliseconds. */
  readonly by?: number
  readonly frozen: boolean | undefined
}

const parseMove = (body: Buffer): Move => {
  const { advanceSeconds, to, frozen, ...others } = parseObject(body)
  const both = advanceSeconds !== undefined && to !== undefined
  const nothing = advanceSeconds === undefined && to === undefined && frozen === undefined
  const badFrozen = frozen !== undefined && typeof frozen !== 'boolean'
  if (both || nothing || badFrozen || Object.keys(others).length > 0) throw new ClockRefusal(usage)
  return { ...target(advanceSeconds, to), frozen: frozen as boolean | undefined }
}

const target = (advanceSeconds: unknown, to: unknown): Pick<Move, 'to' | 'by'> => {
  if (typeof advanceSeconds === 'number') {
    if (advanceSeconds < 0) throw new ClockRefusal('The clock only moves forward.')
    return { by: Math.round(advanceSeconds * 1_000) }
  }
  if (typeof to === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(to)) return { to: Date.parse(to) }
  if (advanceSeconds === undefined && to === undefined) return {}
  throw new ClockRefusal(`${usage} An instant is like 2026-12-01T09:00:00.000Z.`)
}

const parseObject = (body: Buffer): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Invalid JSON is rejected below.
  }
  throw new ClockRefusal(usage)
}

const shown = (clock: MovableClock) => new Date(clock.now()).toISOString()

const answer = (response: ServerResponse, status: number, body: object) => {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
