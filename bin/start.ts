import './check-node.mjs'
import { parseArgs } from 'node:util'
import { loadSampleData } from '../infra/local/sample-data/load.ts'
import { type LocalServiceOptions, startLocalService } from '../infra/local/service.ts'
import { StartUpError } from '../infra/local/start-up-error.ts'
import { exitWithParent } from './exit-with-parent.ts'
import { resolveFromCwd } from './resolve-from-cwd.ts'

/** The local run: `npm start`. */
const usage = `npm start -- [--empty] [--data=DIR] [--assembly=DIR] [--dynamodb=URL]
  --empty          starts without sample data
  --data=DIR       keeps all data in DIR (default: in memory)
  --assembly=DIR   runs the assembly that cdk synth wrote to DIR
  --dynamodb=URL   uses this DynamoDB endpoint instead of DynamoDB Local
PORT chooses the port (default 3000; 0 for a free one).`

const log = (line: string) => console.log(line)

/** Output of the functions during start-up; printed if the start fails. */
const early: string[] = []
let follow = (line: string): void => {
  early.push(line)
}

const run = async () => {
  const { empty, help, ...options } = readCommandLine()
  if (help) return log(usage)
  const service = await startLocalService(options)
  stopOnSignals(service.stop)
  log(
    `The assembly of stage ${service.stage} runs here, ${options.dataDir ? `kept in ${options.dataDir}` : 'in memory'}.`,
  )
  if (!empty) await loadSampleData(service.url, { log })
  log(`ready ${service.url}`)
  follow = log
}

const readCommandLine = (): LocalServiceOptions & { readonly empty: boolean; readonly help: boolean } => {
  const { values } = parse()
  const { data, assembly, dynamodb, empty = false, help = false } = values
  return {
    port: readPort(process.env.PORT ?? '3000'),
    log: (line) => follow(line),
    empty,
    help,
    ...(data !== undefined && { dataDir: resolveFromCwd(data) }),
    ...(assembly !== undefined && { assemblyDir: resolveFromCwd(assembly) }),
    ...(dynamodb !== undefined && { dynamoDbUrl: dynamodb }),
  }
}

const parse = () => {
  try {
    return parseArgs({
      options: {
        empty: { type: 'boolean' },
        data: { type: 'string' },
        assembly: { type: 'string' },
        dynamodb: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new StartUpError(`${(error as Error).message} (npm start -- --help lists the options.)`)
  }
}

const readPort = (text: string): number => {
  const port = Number(text)
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new StartUpError(`PORT must be a number from 0 to 65535, not '${text}'.`)
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
const endAtOnce = () => process.exit(1)

/** Signals such as Ctrl-C shut the run down gracefully; a second one ends it immediately. */
const stopOnSignals = (stop: () => Promise<void>) => {
  const end = () => {
    for (const signal of signals) process.removeAllListeners(signal).once(signal, endAtOnce)
    void stop().then(() => process.exit(0))
  }
  for (const signal of signals) process.removeAllListeners(signal).once(signal, end)
}

// Started by npm, it ends with npm.
if (process.env.npm_lifecycle_event === 'start') exitWithParent(() => process.kill(process.pid, 'SIGTERM'))
// During start-up no graceful shutdown is needed: all child processes end with this one.
for (const signal of signals) process.once(signal, endAtOnce)
try {
  await run()
} catch (error) {
  if (error instanceof StartUpError) console.error(error.message)
  else console.error([...early, error instanceof Error ? error.stack : error].join('\n'))
  process.exit(1)
}
