import type { ClickHouse } from '@baqylau/clickhouse'
import {
  acknowledgedReports,
  type Finding,
  type Found,
  judge,
  type LandedEvent,
  sentEvents,
  type StandingRow,
  winnerOf,
} from './judgement.ts'
import type { Ledger } from './ledger.ts'
import { AUTHORS, type Naming, PAGE_STORIES, pagePrefix, type Story, storyOf } from './story.ts'

export interface ComparisonParts {
  readonly seed: number
  readonly stories: number
  readonly naming: Naming
  readonly ledger: Ledger
  readonly clickhouse: ClickHouse
  /** The broker's name of `reports`. */
  readonly reportsTopic: string
}

export interface Comparison {
  readonly acknowledged: number
  /** Of all stories, and those of them that were acknowledged. */
  readonly messages: number
  readonly acknowledgedMessages: number
  /** Reports that have to stand now. */
  readonly standing: number
  /** The same by akimat. */
  readonly standingByRegion: ReadonlyMap<string, number>
  readonly counts: Readonly<Record<Finding['kind'], number>>
  /** The first of what is wrong. */
  readonly examples: readonly string[]
}

const EXAMPLES_MAX = 20

interface OfReport {
  readonly report_id: string
  readonly author: string
}

/** The reports of one page: by the beginning of their ids, or by ids that are made of contents. */
const pageCondition = (seed: number, from: number, stories: readonly Story[]): string => {
  const ids = stories.filter(({ sentId }) => sentId === undefined).map(({ reportId }) => `'${reportId}'`)
  const listed = ids.length === 0 ? '' : ` OR report_id IN (${ids.join(', ')})`
  return `(startsWith(toString(report_id), '${pagePrefix(seed, from)}')${listed})`
}

const keyOf = (reportId: string, author: string): string => `${reportId} ${author}`

/** Everything that ClickHouse says of a page's reports, by report and author. */
const findPage = async (
  condition: string,
  { clickhouse, reportsTopic }: ComparisonParts,
): Promise<ReadonlyMap<string, Found>> => {
  const rows = await clickhouse.query<OfReport & StandingRow>(
    `SELECT report_id, author, revision, content_hash, stage, region_code, contested, conflicting
     FROM baqylau.reports WHERE ${condition}`,
  )
  const events = await clickhouse.query<OfReport & LandedEvent>(
    `SELECT DISTINCT report_id, author, revision, content_hash, retracted
     FROM baqylau.report_events WHERE topic = {topic:String} AND ${condition}`,
    { topic: reportsTopic },
  )
  const found = new Map<string, { rows: StandingRow[]; events: LandedEvent[] }>()
  const entry = ({ report_id: reportId, author }: OfReport) => {
    const key = keyOf(reportId, author)
    const known = found.get(key) ?? { rows: [], events: [] }
    found.set(key, known)
    return known
  }
  for (const row of rows) entry(row).rows.push(row)
  for (const event of events) entry(event).events.push(event)
  return found
}

const NOTHING: Found = { rows: [], events: [] }

/** Compares what was acknowledged with what ClickHouse says, report by report, a page of them at a time. */
export const compareReports = async (parts: ComparisonParts): Promise<Comparison> => {
  const { seed, stories, naming, ledger } = parts
  const counts = { lost: 0, doubled: 0, differing: 0 }
  const examples: string[] = []
  const standingByRegion = new Map<string, number>()
  let acknowledged = 0
  let messages = 0
  let acknowledgedMessages = 0
  let standing = 0
  const note = (story: number, { kind, what }: Finding): void => {
    counts[kind] += 1
    if (examples.length < EXAMPLES_MAX) examples.push(`${kind}: report ${story}: ${what}`)
  }
  const compareStory = (index: number, story: Story, found: ReadonlyMap<string, Found>): void => {
    const fateOf = (message: number) => ledger.fateOf(index, message)
    acknowledged += acknowledgedReports(story, fateOf)
    messages += story.messages.length
    acknowledgedMessages += story.messages.filter((_message, at) => fateOf(at) === 'acknowledged').length
    const founds = AUTHORS.map(
      (author) => found.get(keyOf(story.reportId, naming.subjects[author])) ?? NOTHING,
    )
    const contested = founds.every(({ events }) => events.length > 0)
    for (const [at, author] of AUTHORS.entries()) {
      const one = founds[at] ?? NOTHING
      const sent = sentEvents(story, author, fateOf, naming)
      for (const wrong of judge(sent, one, contested)) note(index, wrong)
      const winner = winnerOf(sent, one)
      if (winner === undefined || winner.retracted) continue
      standing += 1
      standingByRegion.set(winner.regionCode, (standingByRegion.get(winner.regionCode) ?? 0) + 1)
    }
  }
  for (let from = 0; from < stories; from += PAGE_STORIES) {
    const page = Array.from({ length: Math.min(PAGE_STORIES, stories - from) }, (_, offset) =>
      storyOf(seed, from + offset, naming),
    )
    const found = await findPage(pageCondition(seed, from, page), parts)
    for (const [offset, story] of page.entries()) compareStory(from + offset, story, found)
  }
  return { acknowledged, messages, acknowledgedMessages, standing, standingByRegion, counts, examples }
}
