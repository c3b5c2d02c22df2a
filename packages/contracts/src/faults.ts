import type { TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler, ValueErrorType, type ValueError } from '@sinclair/typebox/compiler'
import type { Fault } from './errors.ts'
import { FORMAT_MEANINGS } from './formats.ts'

/** More faults than these help nobody, and an answer has a bound. */
const FAULTS_MAX = 20
/** A field's name is the sender's, and may be as long as the body. */
const PATH_LENGTH_MAX = 200

const describe = (error: ValueError): string => {
  const schema = error.schema as { format?: string; enum?: readonly string[] }
  switch (error.type) {
    case ValueErrorType.ObjectAdditionalProperties:
      return 'is not a field of this kind of report'
    case ValueErrorType.ObjectRequiredProperty:
      return 'is missing'
    case ValueErrorType.StringFormat:
      return FORMAT_MEANINGS[schema.format ?? ''] ?? error.message
    case ValueErrorType.Kind:
      return schema.enum === undefined ? error.message : `must be one of: ${schema.enum.join(', ')}`
    default:
      return lowerFirst(error.message)
  }
}

const shown = (path: string): string =>
  path.length <= PATH_LENGTH_MAX ? path : `${path.slice(0, PATH_LENGTH_MAX).toWellFormed()}…`

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/**
 * What is wrong with `value` under `check`: at most 20 faults, the first of each place, whose path is cut at 200 characters.
 * Messages name the rule, and never repeat the value.
 */
export const faultsOf = <Schema extends TSchema>(
  check: TypeCheck<Schema>,
  value: unknown,
): readonly Fault[] => {
  const byPath = new Map<string, Fault>()
  for (const error of check.Errors(value)) {
    const path = error.path === '' ? '/' : error.path
    if (!byPath.has(path)) byPath.set(path, { path: shown(path), message: describe(error) })
    if (byPath.size >= FAULTS_MAX) break
  }
  return [...byPath.values()]
}

export const compile = <Schema extends TSchema>(schema: Schema): TypeCheck<Schema> =>
  TypeCompiler.Compile(schema)
