import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartUpError } from '../start-up-error.ts'

export interface JavaOptions {
  readonly log?: (line: string) => void
  /** Environment with `JAVA_HOME` and PATH. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Cache folder for a downloaded runtime. */
  readonly cache?: string
  /** Downloads a runtime into the folder `jre` of the cache. */
  readonly fetchRuntime?: (cache: string) => Promise<unknown>
}

const run = promisify(execFile)
const oldestVersion = 17
const fetchedVersion = 21

/**
 * The path of a Java runtime for DynamoDB Local (17 or later): from `JAVA_HOME` or PATH, else downloaded once into the
 * project's cache. Throws StartUpError with installation advice if there is none and none can be downloaded.
 */
export const findJava = async (options: JavaOptions = {}): Promise<string> => {
  const { environment = process.env, cache = join(import.meta.dirname, '../../../.cache') } = options
  const { JAVA_HOME } = environment
  const installed = JAVA_HOME ? [join(JAVA_HOME, 'bin', 'java'), 'java'] : ['java']
  const found = await firstUsable([...installed, ...(await fetchedRuntimes(cache))], environment)
  if (found) return found
  options.log?.(`No Java ${oldestVersion} or later on JAVA_HOME or PATH: fetching a runtime once into ${cache}`)
  try {
    await mkdir(cache, { recursive: true })
    await (options.fetchRuntime ?? fetchWithNjre)(cache)
  } catch (error) {
    throw noJava(error)
  }
  const fetched = await firstUsable(await fetchedRuntimes(cache), environment)
  if (!fetched) throw noJava()
  return fetched
}

const noJava = (cause?: unknown) =>
  new StartUpError(
    `DynamoDB Local needs Java ${oldestVersion} or later: install it (Debian: apt-get install openjdk-17-jre-headless, macOS: brew install openjdk, Windows: winget install EclipseAdoptium.Temurin.21.JRE) or set JAVA_HOME.`,
    { cause },
  )

const firstUsable = async (candidates: readonly string[], environment: NonNullable<JavaOptions['environment']>) => {
  for (const java of candidates) {
    if ((await majorVersion(java, environment)) >= oldestVersion) return java
  }
  return undefined
}

/** The major version that a `java` command reports; 0 if it does not run. */
const majorVersion = async (java: string, environment: NonNullable<JavaOptions['environment']>): Promise<number> => {
  try {
    const { stderr } = await run(java, ['-version'], { env: environment })
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0)
  } catch {
    return 0
  }
}

const fetchedRuntimes = async (cache: string): Promise<string[]> => {
  const folder = join(cache, 'jre')
  const versions = await readdir(folder).catch(() => [])
  return versions.flatMap((version) => [
    join(folder, version, 'bin', 'java'),
    join(folder, version, 'Contents', 'Home', 'bin', 'java'),
  ])
}

const fetchWithNjre = async (cache: string) => {
  const { default: njre } = await import('njre')
  // njre installs into a folder `jre` next to the given path.
  await njre.install(fetchedVersion, { installPath: join(cache, 'njre') })
}
