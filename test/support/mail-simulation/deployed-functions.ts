import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { FunctionName } from '../../../shared/contracts/environments.ts'
import { applyingEdits, type Edit } from '../source-edits.ts'

const project = join(import.meta.dirname, '../../..')
const realRequire = createRequire(import.meta.url)

/** The Lambda handler in one process of a function. */
export type Handler = (event: unknown, context: unknown) => Promise<unknown>

/** The environment of a function's process, provided by the simulation. */
export interface Sandbox {
  readonly environment: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly wait: (milliseconds: number) => Promise<void>
  readonly random: () => number
  readonly newId: () => string
  /** Replacements of the SDK's client classes, by name. */
  readonly clients: Readonly<Record<string, unknown>>
}

/** Starts one process of a function: evaluates its `index.ts` and all its imports, with separate state. */
export type StartProcess = (sandbox: Sandbox) => Handler

const built = new Map<string, Promise<ReadonlyMap<FunctionName, StartProcess>>>()

/**
 * The functions as deployed, including their wiring, to be run in virtual time: only external dependencies are replaced
 * (SDK clients, clock, timers, randomness). Built from the current sources, or with these edits.
 */
export const deployedFunctions = (
  names: readonly FunctionName[],
  edits: readonly Edit[] = [],
): Promise<ReadonlyMap<FunctionName, StartProcess>> => {
  const key = JSON.stringify([names, edits])
  const found = built.get(key) ?? buildAll(names, edits)
  built.set(key, found)
  return found
}

const buildAll = async (names: readonly FunctionName[], edits: readonly Edit[]) => {
  const { outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: Object.fromEntries(names.map((name) => [name, `functions/${name}/index.ts`])),
    outdir: join(project, '.cache/simulated'),
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: ['@aws-sdk/*'],
    plugins: [applyingEdits(edits)],
  })
  return new Map(
    names.map((name) => {
      const file = outputFiles.find(({ path }) => path.endsWith(`${name}.js`))
      return [name, startOf(file?.text ?? '')] as const
    }),
  )
}

/** Globals that a bundle receives as parameters instead. */
const replaced = ['require', 'module', 'process', 'Date', 'performance', 'Math', 'setTimeout', 'clearTimeout'] as const

const startOf = (code: string): StartProcess => {
  // oxlint-disable-next-line typescript/no-implied-eval -- not by node:vm, whose arrays and sets are not those of a test
  const run = new Function(...replaced, code) as (...values: unknown[]) => void
  return (sandbox) => {
    const module = { exports: {} as { handler?: Handler } }
    const startedAt = sandbox.now()
    const globals: Record<(typeof replaced)[number], unknown> = {
      require: requireIn(sandbox),
      module,
      process: Object.create(process, {
        env: { value: { ...sandbox.environment, POWERTOOLS_LOG_LEVEL: 'SILENT' } },
        stdout: { value: { write: () => true } },
      }),
      Date: dateOf(sandbox),
      performance: { timeOrigin: startedAt, now: () => sandbox.now() - startedAt },
      Math: Object.create(Math, { random: { value: sandbox.random } }),
      setTimeout: (act: () => void, milliseconds = 0) => void sandbox.wait(milliseconds).then(act),
      clearTimeout: () => {
        throw new Error('the simulation does not take timers back')
      },
    }
    run(...replaced.map((name) => globals[name]))
    if (!module.exports.handler) throw new Error('a function without a handler')
    return module.exports.handler
  }
}

const dateOf = ({ now }: Sandbox) =>
  class extends Date {
    constructor(...parameters: [] | [number]) {
      super(parameters.length > 0 ? (parameters[0] as number) : now())
    }
    static override now() {
      return now()
    }
  }

const requireIn = ({ wait, newId, clients }: Sandbox) => {
  const replacements: Readonly<Record<string, () => object>> = {
    'node:crypto': () => ({ ...(realRequire('node:crypto') as object), randomUUID: newId }),
    'node:timers/promises': () => ({
      setTimeout: async (milliseconds: number, value: unknown) => {
        await wait(milliseconds)
        return value
      },
    }),
  }
  return (name: string): unknown => {
    if (name.startsWith('@aws-sdk/')) return { ...(realRequire(name) as object), ...clients }
    return replacements[name]?.() ?? realRequire(name)
  }
}
