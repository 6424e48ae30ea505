/** How many messages lie where they were given up, by the queue's name without the stage. */
export interface DeadLetterCounts {
  count(name: string): Promise<number>
}

/** Gives messages back to where they came from. */
export interface DeadLetterMoves {
  /** Begins to give all of them back; they arrive one after the other. Begun already is fine. */
  begin(name: string): Promise<void>
}
