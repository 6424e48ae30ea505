import { spawnSync } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'

const projectFolder = join(import.meta.dirname, '../..')
const packed = join(projectFolder, 'node_modules/@sparticuz/chromium/bin')
const unpacked = join(projectFolder, '.cache/chromium')

const installed = [
  process.env.CHROMIUM_PATH ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** No network access of its own, and able to run as root in a container. */
const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

/** A headless browser: `CHROMIUM_PATH`, the installed one, or on Linux the one among the dependencies. */
export const startChromium = async (): Promise<Browser> => {
  const executablePath = installed.find((path) => path !== '' && existsSync(path)) ?? (await unpackedChromium())
  return chromium.launch({
    executablePath,
    args: quietly,
    env: { ...process.env, ...(await librariesFor(executablePath)) },
  })
}

const unpackedChromium = async (): Promise<string> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('no Chromium is installed: set CHROMIUM_PATH to the program of one')
  }
  const program = join(unpacked, 'chromium')
  // Renamed into place atomically, as another test file may be unpacking it at the same time.
  if (!existsSync(program)) await unbrotli('chromium.br', program)
  return program
}

/** Libraries that Chromium needs and a minimal machine lacks; they are included in the package. */
const librariesFor = async (program: string): Promise<Record<string, string>> => {
  const folder = join(unpacked, 'libraries')
  const environment = { LD_LIBRARY_PATH: join(folder, 'lib') }
  if (!program.startsWith(unpacked) || spawnSync(program, ['--version']).status === 0) return {}
  if (!existsSync(folder)) {
    const archive = `${folder}-${process.pid}`
    await unbrotli('al2023.tar.br', `${archive}.tar`)
    await mkdir(archive)
    spawnSync('tar', ['-xf', `${archive}.tar`, '-C', archive])
    await rename(archive, folder).catch(() => rm(archive, { recursive: true }))
    await rm(`${archive}.tar`)
  }
  return environment
}

const unbrotli = async (file: string, target: string) => {
  await mkdir(unpacked, { recursive: true })
  const unfinished = `${target}.${process.pid}`
  await pipeline(
    createReadStream(join(packed, file)),
    createBrotliDecompress(),
    createWriteStream(unfinished, { mode: 0o755 }),
  )
  await rename(unfinished, target)
}
