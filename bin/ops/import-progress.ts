import type { ImportAnswer } from '../../shared/contracts/operations-answers.ts'

/** Output for progress messages. */
export interface ProgressOutput {
  readonly write: (text: string) => void
  /** On a terminal one line is overwritten; elsewhere a line is written from time to time. */
  readonly isTerminal: boolean
  /** Monotonic time in milliseconds. */
  readonly now: () => number
}

/** Prints the progress of an import. */
export interface ImportProgress {
  readonly tell: (answer: ImportAnswer) => void
  /** Ends the progress line. */
  readonly end: () => void
}

/** Interval between progress lines without a terminal, in milliseconds. */
const linesEvery = 10_000
const barWidth = 24

/** Prints file name, phase, percentage, rows, rows per second and the remaining time. */
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
