/** A font file's bytes, as the bundler puts them into the script. */
declare module '*.ttf' {
  const bytes: Uint8Array
  export default bytes
}
