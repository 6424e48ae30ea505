import TestSequencer from '@jest/test-sequencer'

/** Folders whose tests run for minutes; whatever starts last there keeps one core waiting for the other. */
const long = ['/test/resilience/', '/test/bin/', '/test/journeys/']

/** On a clean clone, where nothing is known of durations yet, the folders with long tests come first. */
export default class LongestFirstSequencer extends TestSequencer {
  sort(tests) {
    const isLong = ({ path }) => long.some((folder) => path.includes(folder))
    const sorted = super.sort(tests)
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))]
  }
}
