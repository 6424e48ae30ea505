import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { bundleFunctions } from '../../infra/bundle.ts'
import { environmentOf } from '../../shared/contracts/environments.ts'
import { type Comparison, compare } from './measure.ts'

/** The folder into which the CDK's own construct bundles the source with nothing but its defaults. */
const bundledByDefaults = (entry: string, outdir: string): string => {
  const stack = new Stack(new App({ outdir }), 'defaults')
  new NodejsFunction(stack, 'function', { entry, runtime: Runtime.NODEJS_24_X })
  const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'))
  if (assets.length !== 1) throw new Error(`expected one bundle, found ${assets.length}`)
  return join(outdir, assets[0] as string)
}

const script = `
const before = process.cpuUsage()
require(process.argv[1])
const { user, system } = process.cpuUsage(before)
console.log((user + system) / 1000)`

const environment = Object.fromEntries(environmentOf('identity/log-in').map((name) => [name, `a value for ${name}`]))

/** CPU milliseconds that a fresh process spends until the bundle's handler could be called. */
const load = (folder: string) => (): number =>
  Number(
    execFileSync(process.execPath, ['-e', script, join(folder, 'index.js')], {
      // The CDK's defaults leave the SDK to the one that comes with Lambda; here that is the project's own copy.
      env: { ...process.env, ...environment, NODE_OPTIONS: '', NODE_PATH: resolve('node_modules') },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  )

const bytes = (folder: string) => (): number => statSync(join(folder, 'index.js')).size

/** The login function as deployed beside the same source bundled with the CDK's defaults: size, and CPU until ready. */
export const coldStart = async (): Promise<Comparison[]> => {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-defaults-'))
  try {
    const defaults = bundledByDefaults(resolve('functions/identity/log-in/index.ts'), outdir)
    const ours = bundleFunctions(['identity/log-in'])('identity/log-in')
    return [
      await compare(
        'login bundle size',
        'bytes',
        1,
        ['as deployed, SDK included', bytes(ours)],
        ['CDK defaults, SDK left to the runtime', bytes(defaults)],
      ),
      await compare(
        'login cold start',
        'CPU ms until the handler is loaded',
        15,
        ['as deployed', load(ours)],
        ['CDK defaults', load(defaults)],
        'a fresh process each; start of Node itself not counted',
      ),
    ]
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}
