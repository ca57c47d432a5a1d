/** A `.sql` file is imported as its text. */
declare module '*.sql' {
  const text: string
  // biome-ignore lint/style/noDefaultExport: the bundler's text loader exports the text as default
  export default text
}
