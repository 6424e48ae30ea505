/** Tests too long for every push are named `*.nightly.test.ts`; NIGHTLY=1 adds them, and gives all tests a fresh seed. */
const nightly = process.env.NIGHTLY === '1'

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(nightly ? [] : ['\\.nightly\\.test\\.ts$'])],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Not among temporary files, which do not outlast a run; it knows how long each test took.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  // A worker that has synthesized stacks holds 650 MB, and takes more than jest's half a second to end on a busy machine.
  workerGracefulExitTimeout: 10_000,
  testTimeout: 180_000,
  testSequencer: '<rootDir>/test/support/longest-first-sequencer.mjs',
  reporters: ['default', '<rootDir>/test/support/summary-line-reporter.mjs'],
}
