import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

type Members = Readonly<Record<string, unknown>>

/** TypeBox reads a whole number as far as its digits go: 1 out of "1e4", 10 out of "10.5". */
const isMisread = (text: unknown, value: unknown): boolean =>
  typeof text === 'string' && typeof value === 'number' && Number(text) !== value

/**
 * Members that came as text (of an environment, of a query), as the numbers and booleans that `schema` asks for. What
 * cannot be read as such stays text, so that a check refuses it.
 */
export const convertText = (schema: TSchema, texts: Members): Members => {
  const converted = Value.Convert(schema, { ...texts }) as Members
  return Object.fromEntries(
    Object.entries(converted).map(([name, value]) => [
      name,
      isMisread(texts[name], value) ? texts[name] : value,
    ]),
  )
}
