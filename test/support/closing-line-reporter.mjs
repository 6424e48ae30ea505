/** Prints `N passed, N failed` as the last line of a run; a test file that could not be loaded counts as one failure. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    process.stderr.write('', () => process.stdout.write(`${results.numPassedTests} passed, ${failed} failed\n`))
  }
}
