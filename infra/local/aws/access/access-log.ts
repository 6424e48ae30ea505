import type { LocalPrincipal } from '../../types.ts'
import type { Context } from './conditions.ts'

/** One distinct call (principal, action, resource), recorded once. */
export interface AccessRecord {
  /** The function's folder name, `operator/<name>`, a role assumed by a service, or the service itself. */
  readonly principal: string
  /** Empty for a service principal that acts without a role. */
  readonly roleArn: string
  readonly action: string
  readonly resource: string
  /** Condition context of the first such call. */
  readonly context: Context
}

export interface AccessDenial extends AccessRecord {
  readonly message: string
}

/** Records each (principal, action, resource) once, separately for allowed and denied calls. */
export interface AccessLog {
  allowed(record: AccessRecord): void
  denied(denial: AccessDenial): void
  calls(): readonly AccessRecord[]
  denials(): readonly AccessDenial[]
}

export const accessLog = (): AccessLog => {
  const calls = new Map<string, AccessRecord>()
  const denials = new Map<string, AccessDenial>()
  return {
    allowed: (record) => keepFirst(calls, record),
    denied: (denial) => keepFirst(denials, denial),
    calls: () => [...calls.values()],
    denials: () => [...denials.values()],
  }
}

const keepFirst = <Entry extends AccessRecord>(entries: Map<string, Entry>, entry: Entry): void => {
  const key = `${entry.principal} ${entry.action} ${entry.resource}`
  if (!entries.has(key)) entries.set(key, entry)
}

/** The name of a service in the records. */
export const servicePrincipal = (service: string): LocalPrincipal => ({ name: service, roleArn: '' })
