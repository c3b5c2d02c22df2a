import { ref } from './openapi.ts'

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ref('Problem') } },
})

const EXAMPLE = {
  kind: 'press_seizure',
  language: 'ru',
  occurred: { from: '2005-10-19', precision: 'day' },
  place: { text: 'Алматы' },
  confidentiality: 'restricted',
  synthetic: true,
  details: { outlet: 'Свобода слова', issueNumber: '33', copiesSeized: 50_000, copiesPrinted: 100_000 },
}

/** `POST /v1/reports` as it is described. It is not checked by this: a fault of one report must not refuse the others. */
export const submitReportsSchema = {
  operationId: 'submitReports',
  tags: ['reports'],
  summary: 'Submit one report, or several',
  description:
    'One report, an array of up to 500, or up to 5,000 lines of NDJSON; up to 2 MiB, unpacked. Several are answered one by one, in order; `index` counts from 0 and leaves out blank lines. The exception is 503, one answer to all of them: none was accepted. Without a `reportId`, one is made from author and content. UUIDs are answered in lower case.',
  security: [{ key: [] }],
  body: {
    content: {
      'application/json': {
        schema: {
          oneOf: [
            ref('SubmitReport'),
            { type: 'array', items: ref('SubmitReport'), minItems: 1, maxItems: 500 },
          ],
          examples: [EXAMPLE],
        },
      },
      'application/x-ndjson': { schema: ref('SubmitReport') },
    },
  },
  response: {
    202: {
      description: 'The report is in the event log.',
      content: { 'application/json': { schema: ref('ReportAccepted') } },
    },
    207: {
      description: 'What became of each of several reports.',
      content: { 'application/json': { schema: ref('ReportsAnswer') } },
    },
    400: problem('Not JSON, no report, not a report by its form, or not revision 1.'),
    401: problem('No key, or none that holds.'),
    403: problem('The key has another role.'),
    413: problem('Too large, or too many reports.'),
    415: problem('Another content type or encoding.'),
    503: problem(
      'The event log cannot be written now, or too much is coming in. `Retry-After` says when to send it again. Several reports are answered so as a whole when none of them was accepted; where at least one was, it is 207, with a 503 at each that could not be written. Sending all of them again is harmless.',
    ),
  },
}

/** Address and headers of what changes one report. */
const ofOneReport = {
  tags: ['reports'],
  security: [{ key: [] }],
  params: {
    type: 'object',
    required: ['reportId'],
    properties: {
      reportId: { type: 'string', format: 'uuid', description: 'A UUID, in either case.' },
    },
  },
  headers: {
    type: 'object',
    properties: {
      'Baqylau-Receipt': {
        type: 'string',
        maxLength: 100,
        description:
          'The receipt of the report. An operator who names the author may leave it out; one that is given must match.',
      },
      'Baqylau-Author': {
        type: 'string',
        maxLength: 900,
        description:
          "For operators: the author that they act for, percent-encoded as UTF-8; for a report of their own, themselves. It may be left out with the receipt of a report of the key's own subject.",
      },
    },
  },
  response: {
    202: {
      description: 'It is in the event log.',
      content: { 'application/json': { schema: ref('ReportAccepted') } },
    },
    400: problem(
      'Not JSON, not of the form that is asked for, an address that is no UUID, a receipt that is missing (`receipt_missing`) or mistyped (`invalid_receipt`), or an operator’s request that names no author (`author_missing`).',
    ),
    401: problem('No key, or none that holds.'),
    403: problem(
      'The receipt is of another report or author (`not_your_report`), or the key has another role (`forbidden`).',
    ),
    413: problem('Too large.'),
    415: problem('Another content type or encoding.'),
    503: problem(
      'The event log cannot be written now, or too much is coming in. `Retry-After` says when to send it again; that is harmless.',
    ),
  },
}

/** `PUT /v1/reports/{reportId}` as it is described. */
export const amendReportSchema = {
  ...ofOneReport,
  operationId: 'amendReport',
  summary: 'Amend a report: a later revision, whole',
  description:
    'The revision with the greatest number is how the report stands, in whatever order they come. A lower one than there is already changes nothing; two contents of one number cannot both hold, and mark the report as `conflicting`. What was taken back stands again.',
  body: {
    content: {
      'application/json': {
        schema: { allOf: [ref('AmendReport')], examples: [{ revision: 2, ...EXAMPLE }] },
      },
    },
  },
}

/** `DELETE /v1/reports/{reportId}` as it is described. */
export const retractReportSchema = {
  ...ofOneReport,
  operationId: 'retractReport',
  summary: 'Take a report back, with the reason',
  description:
    'A revision of its own: it counts from then on in no answer. Nothing is deleted from the event log, and a later amendment makes the report stand again. It may come before the report that it is of.',
  body: {
    content: {
      'application/json': {
        schema: {
          allOf: [ref('RetractReport')],
          examples: [{ revision: 3, reason: 'sent by mistake' }],
        },
      },
    },
  },
}
