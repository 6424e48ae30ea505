import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartUpError } from '../start-up-error.ts'

const run = promisify(execFile)
const oldestVersion = 17
const fetchedVersion = 21
const cache = join(import.meta.dirname, '../../../.cache')

/**
 * The path of a Java runtime that DynamoDB Local runs on (17 or later): the one on `JAVA_HOME` or PATH, else one fetched
 * once into the project's cache. Throws StartUpError, saying how to install one, if there is none to be had.
 */
export const findJava = async (log: (line: string) => void = () => {}): Promise<string> => {
  const { JAVA_HOME } = process.env
  const installed = JAVA_HOME ? [join(JAVA_HOME, 'bin', 'java'), 'java'] : ['java']
  for (const java of [...installed, ...(await fetchedRuntimes())]) {
    if ((await majorVersion(java)) >= oldestVersion) return java
  }
  log(`No Java ${oldestVersion} or later on JAVA_HOME or PATH: fetching a runtime once into .cache`)
  await fetchRuntime()
  for (const java of await fetchedRuntimes()) {
    if ((await majorVersion(java)) >= oldestVersion) return java
  }
  throw noJava()
}

const noJava = (cause?: unknown) =>
  new StartUpError(
    `DynamoDB Local needs Java ${oldestVersion} or later: install it (Debian: apt-get install openjdk-17-jre-headless, macOS: brew install openjdk, Windows: winget install EclipseAdoptium.Temurin.21.JRE) or set JAVA_HOME.`,
    { cause },
  )

/** The major version that a `java` command reports; 0 if it does not run. */
const majorVersion = async (java: string): Promise<number> => {
  try {
    const { stderr } = await run(java, ['-version'])
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0)
  } catch {
    return 0
  }
}

const fetchedRuntimes = async (): Promise<string[]> => {
  const directory = join(cache, 'jre')
  const versions = await readdir(directory).catch(() => [])
  return versions.flatMap((version) => [
    join(directory, version, 'bin', 'java'),
    join(directory, version, 'Contents', 'Home', 'bin', 'java'),
  ])
}

const fetchRuntime = async () => {
  try {
    const { default: njre } = await import('njre')
    await mkdir(cache, { recursive: true })
    // njre puts its folder `jre` beside the path it is given.
    await njre.install(fetchedVersion, { installPath: join(cache, 'njre') })
  } catch (error) {
    throw noJava(error)
  }
}
