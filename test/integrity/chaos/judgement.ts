import { contentHashOf, STAGES, versionOf } from '@baqylau/contracts'
import type { Fate } from './ledger.ts'
import { AUTHORS, type AuthorName, type Naming, type Story } from './story.ts'

/** An event that a message of ours makes. */
export interface SentEvent {
  readonly revision: number
  readonly retracted: boolean
  readonly contentHash: string
  readonly version: bigint
  readonly regionCode: string
  readonly acknowledged: boolean
}

/** A row of `reports`. */
export interface StandingRow {
  readonly revision: number
  readonly content_hash: string
  readonly stage: string
  readonly region_code: string
  readonly contested: boolean
  readonly conflicting: boolean
}

/** What makes an event of one report and author another one. */
export interface LandedEvent {
  readonly revision: number
  readonly retracted: boolean
  readonly content_hash: string
}

/** What ClickHouse says of one report id of one author. */
export interface Found {
  readonly rows: readonly StandingRow[]
  readonly events: readonly LandedEvent[]
}

/** What is wrong, in words; and whether something is missing, there too often, or not what was sent. */
export interface Finding {
  readonly kind: 'lost' | 'doubled' | 'differing'
  readonly what: string
}

const finding = (kind: Finding['kind'], what: string): readonly Finding[] => [{ kind, what }]

/** The events that an author's messages of a story make, less those that were never sent. */
export const sentEvents = (
  { messages }: Story,
  author: AuthorName,
  fateOf: (message: number) => Fate,
  { contentHashKey }: Naming,
): readonly SentEvent[] =>
  messages.flatMap((message, index) => {
    const fate = fateOf(index)
    if (message.author !== author || fate === 'unsent') return []
    const { revision, body, regionCode } = message
    const retracted = message.verb === 'DELETE'
    const contentHash = contentHashOf(body, contentHashKey)
    const version = versionOf({
      revision,
      retracted,
      contentHash,
      stage: STAGES.submitted,
      enrichmentVersion: 0,
    })
    return [{ revision, retracted, contentHash, version, regionCode, acknowledged: fate === 'acknowledged' }]
  })

const nameOf = (revision: number, retracted: boolean, contentHash: string): string =>
  `${retracted ? 'retraction' : 'content'} ${contentHash.slice(0, 12)} of revision ${revision}`
const nameOfSent = (event: SentEvent): string => nameOf(event.revision, event.retracted, event.contentHash)
const nameOfLanded = (event: LandedEvent): string =>
  nameOf(event.revision, event.retracted, event.content_hash)

/** Of what landed, the event that has to stand. */
export const winnerOf = (sent: readonly SentEvent[], found: Found): SentEvent | undefined => {
  const landed = new Set(found.events.map(nameOfLanded))
  return sent
    .filter((event) => landed.has(nameOfSent(event)))
    .reduce<SentEvent | undefined>(
      (best, event) => (best === undefined || event.version > best.version ? event : best),
      undefined,
    )
}

const judgeEvents = (sent: readonly SentEvent[], found: Found): readonly Finding[] => {
  const landed = new Set(found.events.map(nameOfLanded))
  const ours = new Set(sent.map(nameOfSent))
  return [
    ...sent
      .filter((event) => event.acknowledged && !landed.has(nameOfSent(event)))
      .flatMap((event) => finding('lost', `${nameOfSent(event)} was acknowledged, and is not there`)),
    ...[...landed]
      .filter((name) => !ours.has(name))
      .flatMap((name) => finding('differing', `${name} was never sent`)),
  ]
}

const judgeRow = (
  winner: SentEvent,
  row: StandingRow,
  expected: Pick<StandingRow, 'contested' | 'conflicting'>,
): readonly Finding[] => {
  if (row.stage !== 'enriched') return finding('lost', `${nameOfSent(winner)} is ${row.stage}, not enriched`)
  const differences = [
    ['revision', row.revision, winner.revision],
    ['content', row.content_hash, winner.contentHash],
    ['akimat', row.region_code, winner.regionCode],
    ['contested', row.contested, expected.contested],
    ['conflicting', row.conflicting, expected.conflicting],
  ] as const
  return differences
    .filter(([, is, shouldBe]) => is !== shouldBe)
    .flatMap(([name, is, shouldBe]) => finding('differing', `${name} is ${is} instead of ${shouldBe}`))
}

/**
 * Judges what is known of one report of one author, by what was sent: every acknowledged event is there, none is that was not
 * sent, and the one with the greatest version stands, enriched, in exactly one row; or in none, when it is a retraction.
 */
export const judge = (sent: readonly SentEvent[], found: Found, contested: boolean): readonly Finding[] => {
  const winner = winnerOf(sent, found)
  const events = judgeEvents(sent, found)
  const [row, ...others] = found.rows
  const doubled = others.flatMap(() => finding('doubled', 'has another row'))
  if (winner === undefined || winner.retracted) {
    const standing = row === undefined ? [] : finding('differing', 'stands, and should not')
    return [...events, ...standing, ...doubled]
  }
  if (row === undefined) return [...events, ...finding('lost', `${nameOfSent(winner)} stands in no row`)]
  const contents = new Set(
    found.events.filter(({ revision }) => revision === winner.revision).map(({ content_hash: hash }) => hash),
  )
  return [...events, ...judgeRow(winner, row, { contested, conflicting: contents.size > 1 }), ...doubled]
}

/** How many of a story's reports (one per author) were acknowledged: at least one message of theirs. */
export const acknowledgedReports = (story: Story, fateOf: (message: number) => Fate): number =>
  AUTHORS.filter((author) =>
    story.messages.some((message, index) => message.author === author && fateOf(index) === 'acknowledged'),
  ).length
