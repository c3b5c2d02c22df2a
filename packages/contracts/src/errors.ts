/**
 * Every error that a caller, an operator or a dead letter can meet: its code, what it means, the HTTP status it is
 * answered with, and whether trying again unchanged may help. The codes are an interface: they are added, never changed.
 */
export const ERRORS = {
  not_json: { status: 400, retryable: false, title: 'The body is not JSON' },
  invalid_report: {
    status: 400,
    retryable: false,
    title: 'The report does not have the form that is asked for',
  },
  revision_not_first: { status: 400, retryable: false, title: 'POST takes revision 1 only' },
  invalid_retraction: {
    status: 400,
    retryable: false,
    title: 'The retraction does not have the form that is asked for',
  },
  no_reports: { status: 400, retryable: false, title: 'The body holds no report' },
  invalid_query: { status: 400, retryable: false, title: 'The query has a parameter that is not understood' },
  invalid_receipt: { status: 400, retryable: false, title: 'This is not a receipt: it seems to be mistyped' },
  receipt_missing: { status: 400, retryable: false, title: "The report's receipt is needed" },
  author_missing: { status: 400, retryable: false, title: "The report's author is needed" },
  invalid_request: { status: 400, retryable: false, title: 'The request is not understood' },
  unauthenticated: { status: 401, retryable: false, title: 'A valid key is needed' },
  forbidden: { status: 403, retryable: false, title: 'This key may not do that' },
  not_your_report: { status: 403, retryable: false, title: 'The receipt is of another report or author' },
  not_found: { status: 404, retryable: false, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, retryable: false, title: 'This address does not take that method' },
  too_slow: { status: 408, retryable: true, title: 'The request did not arrive in time' },
  body_too_large: { status: 413, retryable: false, title: 'The body is too large' },
  report_too_large: { status: 413, retryable: false, title: 'The report is too large' },
  too_many_reports: { status: 413, retryable: false, title: 'The body holds too many reports' },
  unsupported_media_type: { status: 415, retryable: false, title: 'This content type is not taken here' },
  headers_too_large: { status: 431, retryable: false, title: 'The headers are too large' },
  rate_limited: { status: 429, retryable: true, title: 'Too many requests' },
  internal: { status: 500, retryable: true, title: 'Something went wrong here' },
  overloaded: { status: 503, retryable: true, title: 'More is coming in than can be written' },
  log_unavailable: { status: 503, retryable: true, title: 'The event log cannot be reached' },
  job_failed: { status: 503, retryable: true, title: 'A job fails for a reason that is not its report' },
  enricher_broken: {
    status: 503,
    retryable: true,
    title: 'A step of the enrichment fails on good reports too',
  },
  queue_unavailable: { status: 503, retryable: true, title: 'The work queue cannot be reached' },
  read_side_unavailable: { status: 503, retryable: true, title: 'ClickHouse cannot be reached' },
  read_side_not_ready: { status: 503, retryable: true, title: 'ClickHouse cannot take what it is given' },
  invalid_configuration: { status: 500, retryable: false, title: 'The configuration is not valid' },
  event_not_json: { status: 500, retryable: false, title: 'The message is not JSON' },
  event_invalid: { status: 500, retryable: false, title: 'The message is JSON, but not an event' },
  event_type_unknown: { status: 500, retryable: false, title: 'The event is of a type that is not known' },
  event_version_unsupported: {
    status: 500,
    retryable: false,
    title: 'The event is of a version from the future',
  },
  enrichment_failed: {
    status: 500,
    retryable: false,
    title: 'A step of the enrichment failed on this report',
  },
  already_running: { status: 409, retryable: false, title: 'Another process is at this already' },
  log_differs: { status: 409, retryable: false, title: 'The log is not the one that is needed' },
  export_damaged: { status: 500, retryable: false, title: 'A file of the export is not as it was written' },
  row_rejected: { status: 500, retryable: false, title: 'ClickHouse refuses this row' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>

export type ErrorCode = keyof typeof ERRORS

/** One fault of an input: where (a JSON pointer) and what. */
export interface Fault {
  readonly path: string
  readonly message: string
}

/**
 * The one error of the workspace. `message` says what was wrong, where, and what to do; it never holds personal data.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly faults: readonly Fault[]

  constructor(code: ErrorCode, detail: string, options: { cause?: unknown; faults?: readonly Fault[] } = {}) {
    super(detail, { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.faults = options.faults ?? []
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}
