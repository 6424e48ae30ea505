import type { ImportAnswer } from '../../shared/contracts/operations-answers.ts'

/** Where progress is told. */
export interface ProgressOutput {
  readonly write: (text: string) => void
  /** A terminal has one line that is written over; anything else gets a line now and then. */
  readonly isTerminal: boolean
  /** In milliseconds, from any beginning. */
  readonly now: () => number
}

/** Tells how far an import is. */
export interface ImportProgress {
  readonly tell: (answer: ImportAnswer) => void
  /** Leaves the line on which it was told. */
  readonly end: () => void
}

/** Between two lines that are not written over, in milliseconds. */
const linesEvery = 10_000
const barWidth = 24

/** The name of the file, what is done, how much of it, rows a second, and the time that is left of it. */
export const importProgress = (fileName: string, { write, isTerminal, now }: ProgressOutput): ImportProgress => {
  let phase = ''
  let since = { at: 0, rows: 0, share: 0 }
  let toldAt = Number.NEGATIVE_INFINITY
  let isOnLine = false

  const tell = (answer: ImportAnswer) => {
    const { progress = { phase: answer.state, rows: 0, share: 0 } } = answer
    const at = now()
    const isNewPhase = progress.phase !== phase
    if (isNewPhase) since = { at, rows: progress.rows, share: progress.share }
    phase = progress.phase
    const speed = speedOf(progress, since, at)
    if (isTerminal) {
      write(`\r\u001B[K${fileName}: ${phase} ${barOf(progress.share)} ${figures(progress, speed)}`)
      isOnLine = true
    } else if (isNewPhase || at - toldAt >= linesEvery) {
      write(`${fileName}: ${phase}, ${figures(progress, speed)}\n`)
      toldAt = at
    }
  }
  return { tell, end: () => isOnLine && write('\n') }
}

interface Point {
  readonly rows: number
  readonly share: number
}

const speedOf = ({ rows, share }: Point, since: Point & { readonly at: number }, at: number) => {
  const seconds = (at - since.at) / 1000
  if (seconds <= 0 || rows <= since.rows) return undefined
  return { rows: (rows - since.rows) / seconds, secondsLeft: ((1 - share) * seconds) / (share - since.share) }
}

const barOf = (share: number): string => {
  const full = Math.round(share * barWidth)
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`
}

const figures = ({ rows, share }: Point, speed: ReturnType<typeof speedOf>): string =>
  [
    `${Math.floor(share * 100)} %`,
    `${rows.toLocaleString('en')} rows`,
    ...(speed ? [`${Math.round(speed.rows).toLocaleString('en')} rows/s`, `${timeOf(speed.secondsLeft)} left`] : []),
  ].join(', ')

const timeOf = (seconds: number): string => {
  const whole = Number.isFinite(seconds) ? Math.ceil(seconds) : 0
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
