/** What ClickHouse answers instead of a result. */
export interface ClickHouseException {
  readonly code: number
  /** As ClickHouse words it, ending in the code's name in parentheses. */
  readonly text: string
}

/** An exception of this server's own, of the kinds that ClickHouse has. */
export class RequestRefused extends Error {
  readonly exception: ClickHouseException

  constructor(code: number, text: string) {
    super(text)
    this.name = 'RequestRefused'
    this.exception = { code, text }
  }
}

/** ClickHouse's codes for what this server itself refuses (src/Common/ErrorCodes.cpp). */
export const EXCEPTION_CODES = {
  notImplemented: 48,
  syntaxError: 62,
  unknownSetting: 115,
  readonly: 164,
  tooLarge: 229,
  authenticationFailed: 516,
  incorrectData: 117,
} as const

const STD_EXCEPTION = 1001

// After exceptionCodeToHTTPStatus in ClickHouse's src/Server/HTTP/exceptionCodeToHTTPStatus.cpp.
const HTTP_STATUSES: readonly (readonly [number, readonly number[]])[] = [
  [
    400,
    [
      6, 8, 15, 20, 25, 26, 27, 36, 38, 41, 43, 44, 53, 55, 62, 69, 70, 72, 117, 130, 131, 167, 168, 321, 376,
      377, 427, 441, 442, 456, 457,
    ],
  ],
  [403, [164, 192, 193, 497, 512, 516]],
  [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 336]],
  [408, [159]],
  [413, [229]],
  [501, [48]],
  [503, [76, 203, 209]],
]

/** The HTTP status that goes with an exception code: 500 for what has none of its own. */
export function httpStatusOf(code: number): number {
  return HTTP_STATUSES.find(([, codes]) => codes.includes(code))?.[0] ?? 500
}

/** Reads an error of the engine's, which may name the same code twice; its own without one are STD_EXCEPTION. */
export function toException(error: unknown): ClickHouseException {
  if (error instanceof RequestRefused) return error.exception
  const message = error instanceof Error ? error.message : String(error)
  const found = /^[\s\S]*?Code: (\d+)\. DB::Exception: (?:Code: \d+\. DB::Exception: )*([\s\S]*)$/.exec(
    message,
  )
  if (found?.[1] === undefined || found[2] === undefined) {
    return { code: STD_EXCEPTION, text: `${message} (STD_EXCEPTION)` }
  }
  return { code: Number(found[1]), text: found[2].trim() }
}
