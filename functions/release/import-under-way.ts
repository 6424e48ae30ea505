/** What an operator is told who would have half a file counted. */
export const importUnderWay = (importId: string): string =>
  `The import ${importId} is being applied and changes this session: wait until it is applied, then plan the release. If it stands still, its message lies among the dead letters.`
