import type { Problem } from '@baqylau/contracts'

export const json = (value: unknown): string => JSON.stringify(value)

export const report = {
  kind: 'press_seizure',
  language: 'ru',
  occurred: { from: '2005-10-19T09:30:00+06:00', to: '2005-10-19T11:00:00+06:00', precision: 'exact' },
  place: { text: 'Алматы', lat: 43.2567, lon: 76.9286 },
  narrative: 'Тираж сняли с машины.',
  details: { outlet: 'Свобода слова', copiesSeized: 50_000 },
}

let serial = 0
/** A report that nothing else has sent. */
export const newReport = (members: object = {}): object => {
  serial += 1
  return { ...report, details: { ...report.details, issueNumber: String(serial) }, ...members }
}

export const JSON_TYPE = { 'content-type': 'application/json' }
export const NDJSON_TYPE = { 'content-type': 'application/x-ndjson' }

export type PostReports = (
  body: string | Uint8Array<ArrayBuffer>,
  headers?: Readonly<Record<string, string>>,
  key?: string,
) => Promise<Response>

/** Posts a body to `POST /v1/reports`, as JSON and with this key when nothing else is said; with no key when it is ''. */
export const postTo =
  (url: string, usualKey: string): PostReports =>
  (body, headers = JSON_TYPE, key = usualKey) =>
    fetch(`${url}/v1/reports`, {
      method: 'POST',
      headers: { ...headers, ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
      body,
    })

/** A later revision: a whole report by PUT, or the reason to take it back by DELETE. */
export interface Change {
  readonly method: 'PUT' | 'DELETE'
  readonly reportId: string
  readonly body: unknown
  readonly key: string
  /** Baqylau-Receipt, Baqylau-Author; and others than are usual. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a change of one report, as JSON. */
export const changeAt =
  (url: string) =>
  ({ method, reportId, body, key, headers }: Change): Promise<Response> =>
    fetch(`${url}/v1/reports/${reportId}`, {
      method,
      headers: { ...JSON_TYPE, authorization: `Bearer ${key}`, ...headers },
      body: body instanceof Uint8Array ? Uint8Array.from(body) : json(body),
    })

export const bodyOf = async <Body>(response: Response): Promise<Body> => (await response.json()) as Body

/** The status, media type, code and places of faults that something is answered with. */
export const problemOf = async (response: Response) => {
  const { code, errors = [] } = await bodyOf<Problem>(response)
  const mediaType = response.headers.get('content-type')?.split(';')[0]
  return { status: response.status, mediaType, code, paths: errors.map(({ path }) => path) }
}
