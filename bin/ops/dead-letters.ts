import type { CommandResult, Target } from './target.ts'

/** `dead-letters list`: the messages in dead-letter queues, by queue. */
export const listDeadLetters = async (target: Target): Promise<CommandResult> => {
  const answer = await (await target.api()).listDeadLetters()
  const filled = answer.queues.filter(({ messages }) => messages > 0)
  const lines = filled.map(
    ({ queue, messages, holds, redrivable }) =>
      `${String(messages).padStart(6)}  ${queue}: each is ${holds}${redrivable ? '' : ' (cannot be redriven: docs/operations/alarms/dead-letters.md)'}`,
  )
  return { json: answer, text: `${lines.length > 0 ? lines.join('\n') : 'All dead-letter queues are empty.'}\n` }
}

/** `dead-letters redrive [--queue NAME]`: moves the messages back to their source queues. */
export const redriveDeadLetters = async (target: Target, queue: string | undefined): Promise<CommandResult> => {
  const api = await target.api()
  if (target.dryRun) {
    const { queues } = await api.listDeadLetters()
    const wanted = queues.filter(
      (one) => one.messages > 0 && one.redrivable && (queue === undefined || one.queue === queue),
    )
    const names = wanted.map((one) => `${one.messages} of ${one.queue}`).join(', ') || 'nothing'
    return {
      json: { dryRun: true, queues: wanted },
      text: `Would redrive ${names} on ${target.place}. Nothing was changed.\n`,
    }
  }
  const answer = await api.redriveDeadLetters(queue)
  const lines = answer.queues.map(({ queue: name, messages }) => `${messages} of ${name} are on their way`)
  return { json: answer, text: `${lines.length > 0 ? lines.join('\n') : 'There was nothing to redrive.'}\n` }
}
