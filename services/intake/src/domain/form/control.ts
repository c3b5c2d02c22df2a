import type { TSchema } from '@sinclair/typebox'

/** How one value is asked for. */
export type Control =
  | { readonly type: 'line' | 'text'; readonly lengthMax: number }
  | { readonly type: 'whole_number' | 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'date' | 'time' | 'yes_no' | 'tick' }
  | { readonly type: 'choice' | 'choices'; readonly words: readonly string[] }

/** What a JSON schema says about a single value, as far as a form needs it. */
interface ValueSchema {
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly items?: TSchema
}

const controlOfString = ({ enum: words, format, maxLength = 0 }: ValueSchema): Control => {
  if (words !== undefined) return { type: 'choice', words }
  if (format === 'date') return { type: 'date' }
  return { type: format === 'line' ? 'line' : 'text', lengthMax: maxLength }
}

/** The control for a value of this schema: the form asks for what the contract takes, within its bounds. */
export const controlOf = (schema: TSchema): Control => {
  const { type, items, minimum = 0, maximum = 0 } = schema as ValueSchema
  switch (type) {
    case 'boolean':
      return { type: 'yes_no' }
    case 'integer':
      return { type: 'whole_number', min: minimum, max: maximum }
    case 'number':
      return { type: 'number', min: minimum, max: maximum }
    case 'array':
      return { type: 'choices', words: (items as ValueSchema | undefined)?.enum ?? [] }
    default:
      return controlOfString(schema as ValueSchema)
  }
}
