import { compile, DateOrDateTime } from '@baqylau/contracts'

const check = compile(DateOrDateTime)

/** A date (its midnight, UTC) or a time with offset, as ISO 8601 in UTC; undefined when the text is neither. */
export const parseInstant = (text: string): string | undefined =>
  check.Check(text) ? new Date(text).toISOString() : undefined
