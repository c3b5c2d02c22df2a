import { evolve, type History } from '@baqylau/contracts'
import type { Difference } from './difference.ts'
import type { LogEntry } from './log-entry.ts'

/** The histories of one report id, by author. */
export type Authors = ReadonlyMap<string, History<LogEntry>>

/** Of more, which landed and which did not is not tried in every combination. */
const COMBINED_MAX = 4

export const addEntry = (authors: Authors, entry: LogEntry): Authors =>
  new Map(authors).set(entry.author, evolve(authors.get(entry.author), entry))

const combinationsOf = (count: number): readonly (readonly number[])[] => {
  const all = Array.from({ length: count }, (_, index) => index)
  if (count > COMBINED_MAX) return [[], ...all.map((index) => [index]), all]
  return Array.from({ length: 2 ** count }, (_, mask) => all.filter((index) => (mask & (1 << index)) !== 0))
}

/**
 * How the reports of one id may stand: with or without each event that the lander gave up once. What has no row in one view
 * may be in another. The last is the one with all of them.
 */
export const possibleHistories = (firm: Authors, doubtful: readonly LogEntry[]): readonly Authors[] =>
  combinationsOf(doubtful.length).map((combination) =>
    combination.reduce((authors, index) => {
      const entry = doubtful[index]
      return entry === undefined ? authors : addEntry(authors, entry)
    }, firm),
  )

const WHOLE = ''
const CONTENT = 'report content'

/** That a row is missing, is one too many, or is another, is one thing, told of one history or another. */
const aspectOf = (kind: Difference['kind'], column: string): string => {
  if (kind === 'report_missing' || kind === 'report_extra') return CONTENT
  return kind === 'report_differs' ? `report ${column}` : `${kind} ${column}`
}
const aspectsOf = ({ kind, columns = [WHOLE] }: Difference): readonly string[] =>
  columns.map((column) => aspectOf(kind, column))

/** The index of the first with the fewest differences, and those of its differences that all others have as well. */
export const likeliest = (
  answers: readonly (readonly Difference[])[],
): { readonly index: number; readonly differences: readonly Difference[] } => {
  const index = answers.reduce(
    (best, differences, at) => (differences.length < (answers[best]?.length ?? 0) ? at : best),
    0,
  )
  const aspects = answers.map((differences) => new Set(differences.flatMap(aspectsOf)))
  const isSure = (kind: Difference['kind'], column: string): boolean =>
    aspects.every((some) => some.has(aspectOf(kind, column)))
  const differences = (answers[index] ?? []).flatMap((difference): readonly Difference[] => {
    const { kind, columns } = difference
    if (columns === undefined) return isSure(kind, WHOLE) ? [difference] : []
    const sure = columns.filter((column) => isSure(kind, column))
    return sure.length === 0 ? [] : [{ ...difference, columns: sure }]
  })
  return { index, differences }
}
