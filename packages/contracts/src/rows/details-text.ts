/** JSON as ClickHouse's `JSONExtractRaw` writes it: these two are line breaks in JavaScript of before 2019, and escaped. */
const ESCAPED: Readonly<Record<string, string>> = {
  '\u2028': String.raw`\u2028`,
  '\u2029': String.raw`\u2029`,
}

/** The column `details`: the members in the order in which they were sent. */
export const detailsText = (details: object): string =>
  JSON.stringify(details).replace(/[\u2028\u2029]/g, (character) => ESCAPED[character] ?? character)
