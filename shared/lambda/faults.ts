/** What the log may know of a fault: which kind, and where in the program. Messages can quote a request, so they stay out. */
export interface FaultFields {
  readonly errorName: string
  readonly errorCode?: string
  /** Stack frames without the message that heads them. */
  readonly errorAt?: string
  /** Names of the causes, outermost first. */
  readonly errorCauses?: string
  /** Only of AWS's refusals, whose messages name role, action and resource and nothing else. */
  readonly errorMessage?: string
}

const frames = (stack: string | undefined) => stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? []

const causesOf = (error: Error): Error[] => {
  const causes: Error[] = []
  for (let cause = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause) causes.push(cause)
  return causes
}

const refusals = new Set(['AccessDeniedException', 'AccessDenied', 'ResourceNotFoundException'])

/** Describes whatever was thrown without repeating any data it may carry. */
export const describeFault = (thrown: unknown): FaultFields => {
  if (!(thrown instanceof Error)) return { errorName: typeof thrown }
  const causes = causesOf(thrown)
  const refusal = [thrown, ...causes].find((error) => refusals.has(error.name))
  const code: unknown = 'code' in thrown ? thrown.code : undefined
  return {
    errorName: thrown.name,
    errorAt: frames(thrown.stack).slice(0, 8).join('\n'),
    ...(typeof code === 'string' && { errorCode: code }),
    ...(causes.length > 0 && { errorCauses: causes.map((cause) => cause.name).join(' < ') }),
    ...(refusal && { errorMessage: refusal.message }),
  }
}
