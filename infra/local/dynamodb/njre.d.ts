declare module 'njre' {
  /** Fetches a Java runtime into the folder `jre` beside `installPath`; rejects if it cannot be had. */
  const njre: { install(version: number, options: { installPath: string }): Promise<string> }
  export default njre
}
