/** Lets as many calls go at once as a table takes. */
export interface AdaptivePace {
  /** Waits for a place, does the call, and learns from it. The answer is the call's own, under the name it has there. */
  run<Errors>(call: () => Promise<{ readonly errors: Errors; readonly isThrottled: boolean }>): Promise<Errors>
  /** Calls that may go at once now. */
  readonly limit: () => number
}

/** One place more for each round of calls that were taken, half as many after one that was throttled; never none. */
export const adaptivePace = ({ first = 8, most = 24 } = {}): AdaptivePace => {
  let limit = first
  let underWay = 0
  const waiting: (() => void)[] = []
  const letIn = () => {
    while (underWay < Math.floor(limit) && waiting.length > 0) {
      underWay++
      waiting.shift()?.()
    }
  }
  return {
    limit: () => Math.floor(limit),
    async run(call) {
      await new Promise<void>((enter) => {
        waiting.push(enter)
        letIn()
      })
      try {
        const { errors, isThrottled } = await call()
        limit = isThrottled ? Math.max(limit / 2, 1) : Math.min(limit + 1 / limit, most)
        return errors
      } finally {
        underWay--
        letIn()
      }
    },
  }
}
