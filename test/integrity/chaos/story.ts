import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentHashOf, type Report, reportIdFor } from '@baqylau/contracts'
import { type Random, randomFrom } from './random.ts'

export const AUTHORS = ['first', 'second'] as const
export type AuthorName = (typeof AUTHORS)[number]

/** One request's content: what is sent about a report, by whom, and in which round of its story. */
export interface Message {
  readonly author: AuthorName
  readonly verb: 'POST' | 'PUT' | 'DELETE'
  readonly revision: number
  /** As it is sent, less the report's id. */
  readonly body: Readonly<Record<string, unknown>>
  /** Sent by an operator in the author's name, without a receipt. */
  readonly byOperator: boolean
  /** ISO 3166-2:KZ, or '' where the place cannot be told: what the enricher has to find. */
  readonly regionCode: string
}

/** What happens to one report id, from the seed and its number alone. Messages are sent in this order. */
export interface Story {
  readonly reportId: string
  /** Undefined: intake makes the id. */
  readonly sentId: string | undefined
  readonly messages: readonly Message[]
}

export const MESSAGES_MAX = 3
/** Stories that are compared together have ids of the same beginning. */
export const PAGE_STORIES = 40_000

/** Of a hundred stories, how many have which plot. */
const PLOTS = {
  plain: 66,
  without_id: 8,
  duplicate: 6,
  conflicting: 4,
  contested: 4,
  amended: 5,
  retracted: 3,
  reinstated: 2,
  retracted_first: 2,
} as const
type Plot = keyof typeof PLOTS

interface Sample {
  readonly report: Report
  readonly regionCode: string
}

/** A sample that the resolver leaves open, and people did not: no example of where a report belongs. */
const NOT_YET_PLACED = '0107b0ba-dd1d-7d6f-83bb-06a958d56808'
const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures')

/** Made-up reports of the autumn of 2005 in three languages, of every kind, with the akimats that they happened in. */
const readSamples = (): readonly [Sample, ...Sample[]] => {
  const expected = JSON.parse(readFileSync(join(FIXTURES, 'autumn-2005.expected.json'), 'utf8')) as Readonly<
    Record<string, { readonly regionCode: string | null }>
  >
  const lines = readFileSync(join(FIXTURES, 'autumn-2005.ndjson'), 'utf8').trimEnd().split('\n')
  const [first, ...others] = lines.flatMap((line) => {
    const { reportId = '', revision: _revision, ...report } = JSON.parse(line) as Report
    return reportId === NOT_YET_PLACED ? [] : { report, regionCode: expected[reportId]?.regionCode ?? '' }
  })
  if (first === undefined) throw new TypeError('there are no samples')
  return [first, ...others]
}

const samples = readSamples()

/** The beginning of the ids of a page's stories: 12 hexadecimal digits as a UUID has them. */
export const pagePrefix = (seed: number, index: number): string => {
  const page = Math.floor(index / PAGE_STORIES)
  const digits = (seed >>> 0).toString(16).padStart(8, '0') + page.toString(16).padStart(4, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}`
}

/** A UUID of version 8 (RFC 9562): its digits mean what we like. */
const idOf = (seed: number, index: number): string => {
  const number = index.toString(16).padStart(12, '0')
  const noise = randomFrom(seed, index, 8).below(0xf_ff).toString(16).padStart(3, '0')
  return `${pagePrefix(seed, index)}-8${noise}-a000-${number}`
}

const content = (name: string, random: Random): Pick<Message, 'body' | 'regionCode'> => {
  const { report, regionCode } = random.pick(samples)
  return { body: { ...report, narrative: `${report.narrative ?? ''} (${name})` }, regionCode }
}

/** The messages of each plot. `said` gives another content each time. */
const messagesOf = (plot: Plot, said: () => Pick<Message, 'body' | 'regionCode'>): readonly Message[] => {
  const common = { author: 'first', verb: 'POST', revision: 1, byOperator: false } as const
  const post = (author: AuthorName): Message => ({ ...common, ...said(), author })
  const first = post('first')
  const put = (revision: number): Message => {
    const { body, regionCode } = said()
    return { ...common, verb: 'PUT', revision, regionCode, body: { ...body, revision } }
  }
  const retraction: Message = {
    ...common,
    verb: 'DELETE',
    revision: 2,
    body: { revision: 2, reason: 'Отправлено по ошибке' },
    regionCode: '',
  }
  switch (plot) {
    case 'plain':
    case 'without_id':
      return [first]
    case 'duplicate':
      return [first, first]
    case 'conflicting':
      return [first, post('first')]
    case 'contested':
      return [first, post('second')]
    case 'amended':
      return [first, put(2), put(3)]
    case 'retracted':
      return [first, retraction]
    case 'reinstated':
      return [first, retraction, put(3)]
    case 'retracted_first':
      return [{ ...retraction, byOperator: true }, first]
  }
}

/** What authors are called in events, and the key of content hashes: what ids of reports without one are made from. */
export interface Naming {
  readonly subjects: Readonly<Record<AuthorName, string>>
  readonly contentHashKey: Uint8Array
}

export const storyOf = (seed: number, index: number, naming: Naming): Story => {
  const random = randomFrom(seed, index)
  const plot = random.weighted(PLOTS)
  let contents = 0
  const messages = messagesOf(plot, () => {
    contents += 1
    return content(`${seed}/${index}/${contents}`, random)
  })
  const [first] = messages
  if (plot !== 'without_id' || first === undefined) {
    const reportId = idOf(seed, index)
    return { reportId, sentId: reportId, messages }
  }
  const hash = contentHashOf(first.body, naming.contentHashKey)
  return { reportId: reportIdFor(naming.subjects.first, hash), sentId: undefined, messages }
}
