import TestSequencer from '@jest/test-sequencer'

/** Folders with tests of several minutes; one that starts last would leave the other core idle. */
const long = ['/test/resilience/', '/test/bin/', '/test/journeys/']

/** On a clean clone, without recorded durations, the folders with long tests come first. */
export default class LongestFirstSequencer extends TestSequencer {
  sort(tests) {
    const isLong = ({ path }) => long.some((folder) => path.includes(folder))
    const sorted = super.sort(tests)
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))]
  }
}
