import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { faultsOf, importRules, reserved } from './import-rules.ts'
import { filesBelow, readSourceFile } from './source-files.ts'

const sources = ['bin', 'functions', 'infra', 'shared'].flatMap((folder) => filesBelow(folder, '.ts'))

describe('imports go in one direction', () => {
  test('in every source file', async () => {
    const files = await Promise.all(sources.map((path) => readSourceFile(path)))
    expect(files.flatMap(faultsOf)).toEqual([])
    // A check that read no files would pass as well.
    expect(files.length).toBeGreaterThan(100)
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(300)
  })

  test('every rule refers to existing files', () => {
    for (const { files, because } of importRules) {
      expect({ because, files: sources.filter((path) => files.test(path)).length }).not.toMatchObject({ files: 0 })
    }
    for (const { target, by } of reserved) {
      expect(sources).toContain(target)
      for (const pattern of by) expect(sources.filter((path) => pattern.test(path))).not.toEqual([])
    }
  })
})

describe('the check itself notices', () => {
  const useCase = 'functions/identity/log-in/log-in.ts'
  test.each([
    ['the SDK in a use case', useCase, "import { DynamoDBClient } from '@aws-sdk/client-dynamodb'"],
    ['the SDK in a use case, as a type', useCase, "import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'"],
    ['zod in a use case', useCase, "import * as z from 'zod/mini'"],
    ['the shape of a Lambda event in a use case', useCase, "import type { SQSEvent } from 'aws-lambda'"],
    ['an adapter in a use case', useCase, "import { systemClock } from '../../../shared/adapters/node/clock.ts'"],
    ['an adapter in a use case, re-exported', useCase, "export * from '../../../shared/adapters/node/clock.ts'"],
    ['the environment in a use case', useCase, 'export const stage = process.env.STAGE'],
    ['the environment, by its name in brackets', useCase, "export const stage = process['env'].STAGE"],
    ['what only shows when it runs', useCase, 'export const load = (name: string) => import(name)'],
    ['another function in a use case', useCase, "import { logOut } from '../log-out/log-out.ts'"],
    ['the SDK in a rule beside a use case', 'functions/identity/log-in/rule.ts', "import '@aws-sdk/client-s3'"],
    [
      'the hasher far from its gate',
      'functions/results/list-results/list-results.ts',
      "import type { PasswordHasher } from '../../../shared/ports/password-hasher.ts'",
    ],
    [
      'the guards beside the gate',
      useCase,
      "import type { SignInGuards } from '../../../shared/ports/sign-in-guards.ts'",
    ],
    ['a password compared beside its gate', useCase, "export const check = (ports) => ports.hasher.verify('a', 'b')"],
    ['what a result says, beside its gates', useCase, 'export const grade = (result) => result.payload.grade'],
    [
      'the same, taken apart',
      'functions/release/plan-release/plan-release.ts',
      'export const grade = ({ payload }) => payload',
    ],
    [
      'every version of a result in a use case',
      'functions/results/show-statement/show-statement.ts',
      "import type { Results } from '../../../shared/ports/results.ts'",
    ],
    [
      'results in a function that shows none',
      'functions/identity/show-account/index.ts',
      "import { dynamoResults } from '../../../shared/adapters/dynamo/results.ts'",
    ],
    [
      'another say on what may be seen',
      useCase,
      "import { visibleResult } from '../../../shared/domain/result-status.ts'",
    ],
    ['a gate of its own', useCase, "import { secretGate } from '../../../shared/protocols/secret-gate.ts'"],
    [
      'an adapter in a handler',
      'functions/identity/log-in/handler.ts',
      "import '../../../shared/adapters/node/ids.ts'",
    ],
    ['zod in the domain', 'shared/domain/rule.ts', "import * as z from 'zod/mini'"],
    ['a port in the domain', 'shared/domain/rule.ts', "import type { Clock } from '../ports/clock.ts'"],
    ['the file system in the domain', 'shared/domain/rule.ts', "export const load = () => import('node:fs')"],
    ['the SDK in a port', 'shared/ports/port.ts', "export type Client = import('@aws-sdk/client-s3').S3Client"],
    ['what runs in a port', 'shared/ports/port.ts', "import { events } from '../contracts/events.ts'"],
    [
      'a function in infra',
      'infra/stacks/stack.ts',
      "import { handler } from '../../functions/identity/log-in/index.ts'",
    ],
    ['the domain in infra', 'infra/stacks/stack.ts', "import { minute } from '../../shared/domain/time.ts'"],
    ['the domain in the local run', 'infra/local/clock.ts', "import { minute } from '../../shared/domain/time.ts'"],
    ['a test in the command line', 'bin/ops/run-ops.ts', "import '../../test/support/clock.ts'"],
  ])('%s', async (_what, path, text) => {
    const project = await mkdtemp(join(tmpdir(), 'imports-'))
    try {
      await mkdir(dirname(join(project, path)), { recursive: true })
      await writeFile(join(project, path), `${text}\n`)
      const faults = faultsOf(await readSourceFile(path, project))
      expect(faults).not.toEqual([])
      for (const fault of faults) expect(fault).toContain(path)
    } finally {
      await rm(project, { recursive: true })
    }
  })
})
