import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeSurroundings, makeTopics, type OpenedIntake, openIntake } from '../testing/open-intake.ts'
import { bodyOf, changeAt, json, newReport, type PostReports, postTo } from '../testing/send-reports.ts'

const surroundings = makeSurroundings(process.env['KAFKA_BROKERS'] ?? '')
let intake: OpenedIntake
let post: PostReports

beforeAll(async () => {
  await makeTopics(surroundings)
  intake = await openIntake(surroundings)
  post = postTo(intake.url, surroundings.accessKeys.field)
})
afterAll(() => intake.close())

interface Operation {
  readonly responses: object
  readonly requestBody: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> }
  readonly parameters: readonly { readonly name: string }[]
}
interface Description {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>
    readonly securitySchemes: object
  }
}
const describeApi = async (): Promise<Description> =>
  bodyOf<Description>(await fetch(`${intake.url}/openapi.json`))
const describeOperation = async (path: string, method: string): Promise<Operation> => {
  const operation = (await describeApi()).paths[path]?.[method]
  if (operation === undefined) throw new TypeError(`${method} ${path} is not described`)
  return operation
}

describe('what is beside the reports', () => {
  it('is the description of all of it', async () => {
    const document = await describeApi()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.entries(document.paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
      ['/v1/reports', ['post']],
      ['/v1/reports/{reportId}', ['put', 'delete']],
    ])
    const named = new Set(
      [...json(document).matchAll(/"#\/components\/schemas\/(\w+)"/gu)].map(([, name]) => name),
    )
    expect([...named].filter((name) => document.components.schemas[name ?? ''] === undefined)).toEqual([])
    expect(named).toContain('vote_tally')
    expect(document.components.securitySchemes).toHaveProperty('key')
  })
  it('tells of POST every answer, and an example that is taken', async () => {
    const { responses, requestBody } = await describeOperation('/v1/reports', 'post')
    expect(Object.keys(responses)).toEqual(['202', '207', '400', '401', '403', '413', '415', '503'])
    expect(json(responses)).toContain('as a whole when none of them was accepted')
    expect(Object.keys(requestBody.content)).toEqual(['application/json', 'application/x-ndjson'])
    expect((await post(json(requestBody.content['application/json']?.example))).status).toBe(202)
  })
  it.each([
    ['put', 'PUT'],
    ['delete', 'DELETE'],
  ] as const)('tells of %s every answer, its headers, and an example that is taken', async (name, method) => {
    const { responses, requestBody, parameters } = await describeOperation('/v1/reports/{reportId}', name)
    expect(Object.keys(responses)).toEqual(['202', '400', '401', '403', '413', '415', '503'])
    expect(parameters.map((parameter) => parameter.name)).toEqual([
      'reportId',
      'Baqylau-Receipt',
      'Baqylau-Author',
    ])
    const body = requestBody.content['application/json']?.example as object
    const headers = { 'Baqylau-Author': 'subject-field' }
    const change = { method, reportId: randomUUID(), body, key: surroundings.accessKeys.operator, headers }
    expect((await changeAt(intake.url)(change)).status).toBe(202)
  })
  it('can be read at /docs with files of our own alone', async () => {
    const response = await fetch(`${intake.url}/docs/`)
    const page = await response.text()
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/gu)].map(([, file]) => file ?? '')
    expect(files.length).toBeGreaterThan(3)
    expect(response.headers.get('content-security-policy')).not.toMatch(/https?:/u)
    for (const file of files) {
      const { status, url } = await fetch(new URL(file, response.url))
      expect({ status, origin: new URL(url).origin }).toEqual({
        status: 200,
        origin: new URL(intake.url).origin,
      })
    }
  })
  it('is ready, and counts what it did', async () => {
    expect(await bodyOf(await fetch(`${intake.url}/readyz`))).toEqual({
      status: 'ready',
      checks: { kafka: 'ok' },
    })
    await post(json(newReport()))
    const metrics = await (await fetch(`${intake.url}/metrics`)).text()
    expect(metrics).toMatch(/^baqylau_intake_reports_accepted_total\{.*\} [1-9]/mu)
    expect(metrics).toMatch(/^baqylau_intake_pending_bytes\{.*\} 0$/mu)
  })
  it('is not ready, and says why, where the topic is missing', async () => {
    const elsewhere = makeSurroundings(process.env['KAFKA_BROKERS'] ?? '')
    const other = await openIntake(elsewhere)
    const response = await fetch(`${other.url}/readyz`)
    expect(response.status).toBe(503)
    expect((await bodyOf<{ checks: { kafka: string } }>(response)).checks.kafka).toContain('is missing')
    await other.close()
  })
})
