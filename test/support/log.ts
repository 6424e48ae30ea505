import type { Log, LogFields } from '../../shared/lambda/logger.ts'

/** Keeps what would have been logged. */
export const recordingLog = () => {
  const lines: { level: string; message: string; fields: LogFields }[] = []
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields })
    }
  return { lines, info: at('info'), warn: at('warn'), error: at('error') } satisfies Log & Record<string, unknown>
}
