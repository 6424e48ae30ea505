/**
 * Prints the line `N passed, N failed` at the end of a run, or passes the counts to `run-tests.mjs`, which prints it.
 * A test file that could not be loaded counts as one failure.
 */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    if (process.send) process.send({ passed, failed })
    else process.stderr.write('', () => process.stdout.write(`${passed} passed, ${failed} failed\n`))
  }
}
