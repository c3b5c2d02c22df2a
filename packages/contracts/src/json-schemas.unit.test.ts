import { readFileSync } from 'node:fs'
import { FormatRegistry } from '@sinclair/typebox'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { problemOf } from './api/problem.ts'
import { eventDeadLettered } from './events/make-events.ts'
import { FORMAT_MEANINGS } from './formats.ts'
import { jsonSchemas } from './json-schemas.ts'
import type { Report } from './report/report.ts'
import { amended, enrichedFrom, failedFrom, retracted, submitted } from './testing/example-events.ts'
import { ofKind, withDetails, withMembers } from './testing/example-reports.ts'

const samples = readFileSync(new URL('../../../test/fixtures/autumn-2005.ndjson', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Report)

/** As strict as it can be: `clickhouse` is the one keyword of our own, and the formats are ours. */
const ajv = new Ajv2020({ strict: true, strictRequired: true })
ajv.addVocabulary(['clickhouse'])
for (const format of Object.keys(FORMAT_MEANINGS))
  ajv.addFormat(format, (value) => FormatRegistry.Get(format)?.(value) ?? false)

const schemas = jsonSchemas()
/** Compiles a schema once. */
const named = (group: string, name: string): ValidateFunction => ajv.compile(schemas[group]?.[name] ?? false)
const all = Object.entries(schemas).flatMap(([group, ofGroup]) =>
  Object.keys(ofGroup).map((name) => [group, name] as const),
)

describe('the JSON Schemas', () => {
  test('are of commands, reports, events, answers and rows', () => {
    const names = Object.fromEntries(
      Object.entries(schemas).map(([group, ofGroup]) => [group, Object.keys(ofGroup)]),
    )
    expect(names).toEqual({
      commands: ['SubmitReport', 'AmendReport', 'RetractReport'],
      reports: [
        'press_seizure',
        'assembly_arrest',
        'premises_denial',
        'voter_intimidation',
        'media_access_denial',
        'administrative_resource',
        'electoral_fraud',
        'vote_tally',
      ],
      events: ['ReportSubmitted', 'ReportAmended', 'ReportRetracted', 'ReportEnriched', 'EventDeadLettered'],
      answers: [
        'ReportAccepted',
        'ReportsAnswer',
        'Problem',
        'AkimatsDailyAnswer',
        'ReportsPage',
        'ReportHistory',
        'ReceiptAnswer',
      ],
      rows: [
        'report_events',
        'reports',
        'report_links',
        'current_reports',
        'incidents',
        'akimat_daily',
        'dead_letters',
      ],
    })
  })

  test.each(all)('%s: %s is one of the dialect of 2020-12, and no more', (group, name) => {
    expect(schemas[group]?.[name]).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' })
    expect(named(group, name)).toBeTypeOf('function')
  })

  test('take every sample, as a command and as a report of its kind', () => {
    const submit = named('commands', 'SubmitReport')
    expect(samples.filter((sample) => !submit(sample))).toEqual([])
    expect(samples.filter((sample) => !named('reports', sample.kind)(sample))).toEqual([])
  })

  test.each([
    ['an unknown field', withMembers({ colour: 'red' })],
    ['an unknown detail', withDetails({ colour: 'red' })],
    ['a date that is none', withMembers({ occurred: { from: '2005-02-30', precision: 'day' } })],
    ['a word that is not on its list', withMembers({ language: 'de' })],
    ['nobody detained', ofKind('assembly_arrest', { peopleDetained: 0 })],
  ])('refuse %s', (_what, report) => {
    expect(named('commands', 'SubmitReport')(report)).toBe(false)
  })

  test.each([
    ['ReportSubmitted', submitted],
    ['ReportAmended', amended],
    ['ReportRetracted', retracted],
    ['ReportEnriched', enrichedFrom(submitted, 7)],
    ['ReportEnriched', failedFrom(submitted, 7)],
    [
      'EventDeadLettered',
      eventDeadLettered({
        step: 'lander',
        topic: 'baqylau.reports',
        partition: 3,
        offset: '41',
        reason: 'event_not_json',
        detail: 'the message is not JSON',
        attempts: 1,
        firstAt: new Date('2005-10-19T08:05:00Z'),
        lastAt: new Date('2005-10-19T08:05:00Z'),
        payload: null,
      }),
    ],
  ])('of events take a %s', (name, event) => {
    const validate = named('events', name)
    expect(validate(event)).toBe(true)
  })

  test('of answers take a problem', () => {
    const problem = problemOf('invalid_report', 'x', [{ path: '/kind', message: 'is missing' }])
    expect(named('answers', 'Problem')(problem)).toBe(true)
    expect(problem).toEqual({
      type: 'urn:baqylau:problem:invalid_report',
      title: 'The report does not have the form that is asked for',
      status: 400,
      code: 'invalid_report',
      detail: 'x',
      errors: [{ path: '/kind', message: 'is missing' }],
    })
  })
})
