/** Limits concurrent calls to what a table takes. */
export interface AdaptiveConcurrency {
  /** Waits for a free slot, makes the call, adjusts the limit and returns the call's errors. */
  run<Errors>(call: () => Promise<{ readonly errors: Errors; readonly isThrottled: boolean }>): Promise<Errors>
  /** Calls allowed at once now. */
  readonly limit: () => number
}

/** Additive increase, multiplicative decrease: one more call after each full round of successes, half as many after a throttled one, never fewer than one. */
export const adaptiveConcurrency = ({ initial = 8, max = 24 } = {}): AdaptiveConcurrency => {
  let limit = initial
  let inFlight = 0
  const waiting: (() => void)[] = []
  const startWaiting = () => {
    while (inFlight < Math.floor(limit) && waiting.length > 0) {
      inFlight++
      waiting.shift()?.()
    }
  }
  return {
    limit: () => Math.floor(limit),
    async run(call) {
      await new Promise<void>((enter) => {
        waiting.push(enter)
        startWaiting()
      })
      try {
        const { errors, isThrottled } = await call()
        limit = isThrottled ? Math.max(limit / 2, 1) : Math.min(limit + 1 / limit, max)
        return errors
      } finally {
        inFlight--
        startWaiting()
      }
    },
  }
}
