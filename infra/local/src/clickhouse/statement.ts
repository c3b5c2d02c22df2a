import { EXCEPTION_CODES, RequestRefused } from './exception.ts'

/** What has to be known of a statement before the engine sees it. */
export interface Statement {
  readonly sql: string
  /** `insert-with-data`: it ends in FORMAT x or VALUES, and the rows come after it. */
  readonly kind: 'insert' | 'insert-with-data' | 'other'
  /** The format that it names itself: of its output, or of its rows. */
  readonly format: string | undefined
}

const READING = /^[\s(]*(select|with|explain|show|describe|desc|exists)\b/i

/**
 * Looks at a statement as far as this interface must.
 *
 * @throws RequestRefused (62) when it is empty, or more than one.
 */
export function readStatement(sql: string): Statement {
  const bare = withoutLiterals(sql)
  if (bare.trim() === '') {
    throw new RequestRefused(EXCEPTION_CODES.syntaxError, 'Syntax error: Empty query. (SYNTAX_ERROR)')
  }
  const isInsert = /^\s*insert\s/i.test(bare)
  // The rows of an insert may hold anything.
  if (!isInsert && /;\s*[^\s;]/.test(bare)) {
    throw new RequestRefused(
      EXCEPTION_CODES.syntaxError,
      'Syntax error (Multi-statements are not allowed). (SYNTAX_ERROR)',
    )
  }
  const format = /\bformat\s+(\w+)\s*(?:settings\s[^;]*)?;?\s*$/i.exec(bare)?.[1]
  if (!isInsert) return { sql, kind: 'other', format }
  const expectsData = /\b(?:format\s+\w+|values)\s*$/i.test(bare)
  return { sql, kind: expectsData ? 'insert-with-data' : 'insert', format }
}

/**
 * The insert with its rows in a file: what comes before FORMAT (and SETTINGS) stays, and the file is named there.
 * `insert` is of the kind insert-with-data, and ends in FORMAT x.
 */
export function withRowsIn(path: string, insert: string): string {
  return insert.replace(
    /\s+(settings\s[\s\S]*?\s)?format\s+(\w+)\s*$/i,
    (_tail, settings: string | undefined, format: string) =>
      ` FROM INFILE '${path}' COMPRESSION 'none' ${settings ?? ''}FORMAT ${format}`,
  )
}

/**
 * Refuses what `readonly = 2` alone lets through in the embedded engine, where a server would ask for grants:
 * inserting into files, writing results to files, killing queries.
 *
 * @throws RequestRefused (164).
 */
export function requireReading(statement: Statement): void {
  const bare = withoutLiterals(statement.sql)
  if (READING.test(bare) && !/\binto\s+outfile\b/i.test(bare)) return
  throw new RequestRefused(EXCEPTION_CODES.readonly, 'Cannot execute query in readonly mode. (READONLY)')
}

/** Quoted text, quoted names and comments hold words that mean nothing to the statement. */
function withoutLiterals(sql: string): string {
  return sql.replace(
    /'(?:\\[\s\S]|''|[^'\\])*'|`(?:\\[\s\S]|[^`\\])*`|"(?:\\[\s\S]|[^"\\])*"|--[^\n]*|\/\*[\s\S]*?\*\//g,
    ' ',
  )
}
