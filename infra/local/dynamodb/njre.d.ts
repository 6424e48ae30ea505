declare module 'njre' {
  /** Downloads a Java runtime into the folder `jre` next to `installPath`; rejects if the download fails. */
  const njre: { install(version: number, options: { installPath: string }): Promise<string> }
  export default njre
}
