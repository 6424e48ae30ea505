import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import { findJava } from '../../../../infra/local/dynamodb/java.ts'
import { StartUpError } from '../../../../infra/local/start-up-error.ts'

const root = mkdtempSync(join(tmpdir(), 'java-'))
afterAll(() => rmSync(root, { recursive: true }))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(root, 'machine-'))
})

/** A command that only tells its version, as Java does. */
const java = (path: string, version: string): string => {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\necho 'openjdk version "${version}" 2025-01-01' >&2\n`)
  chmodSync(file, 0o755)
  return file
}

const find = (environment: Record<string, string>, fetchRuntime: () => Promise<unknown> = unreachable) =>
  findJava({ environment, cache: join(folder, 'cache'), fetchRuntime })
const unreachable = () => Promise.reject(new Error('getaddrinfo ENOTFOUND'))

describe('the Java runtime for DynamoDB Local', () => {
  test('is the one of JAVA_HOME, before the one on PATH', async () => {
    const home = java('home/bin/java', '21.0.1')
    java('bin/java', '17.0.15')
    expect(await find({ JAVA_HOME: join(folder, 'home'), PATH: join(folder, 'bin') })).toBe(home)
  })

  test('is the one on PATH if that of JAVA_HOME is too old', async () => {
    java('home/bin/java', '1.8.0_402')
    java('bin/java', '17.0.15')
    expect(await find({ JAVA_HOME: join(folder, 'home'), PATH: join(folder, 'bin') })).toBe('java')
  })

  test('is downloaded once if the machine has none', async () => {
    let fetched = 0
    const fetchRuntime = async () => {
      fetched++
      java('cache/jre/jdk-21/bin/java', '21.0.2')
    }
    const expected = join(folder, 'cache/jre/jdk-21/bin/java')
    expect(await find({ PATH: folder }, fetchRuntime)).toBe(expected)
    expect(await find({ PATH: folder }, fetchRuntime)).toBe(expected)
    expect(fetched).toBe(1)
  })

  test('is requested in one line if it cannot be downloaded either', async () => {
    java('bin/java', '11.0.2')
    const refusal = await find({ PATH: join(folder, 'bin') }).catch((error: Error) => error)
    expect(refusal).toBeInstanceOf(StartUpError)
    expect((refusal as Error).message).toMatch(/^DynamoDB Local needs Java 17 or later: install it .*$/)
  })
})
