/** A script, as text. */
declare module '*.lua' {
  const source: string
  // biome-ignore lint/style/noDefaultExport: what a loader makes of a text file is its default export
  export default source
}
