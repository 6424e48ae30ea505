import middy from 'middy'
import type * as z from 'zod/mini'
import { describeFault } from './faults.ts'
import { createLog, type Log } from './logger.ts'

export type TriggerFunction = (event: unknown, context?: unknown) => Promise<void>

/**
 * Makes the Lambda handler of one that is invoked by itself, by a schedule. What the schema refuses and what is thrown
 * is logged and thrown again: the invocation fails, is repeated, and in the end lies with the dead letters.
 */
export const triggerHandler = <Trigger extends z.ZodMiniType>(
  schema: Trigger,
  handle: (trigger: z.infer<Trigger>) => Promise<void>,
  { log = createLog() }: { readonly log?: Log } = {},
): TriggerFunction =>
  middy((event: unknown) => handle(schema.parse(event))).onError(({ error }) => {
    log.error('trigger failed', describeFault(error))
  }) as unknown as TriggerFunction
