import { KINDS, type Kind } from '@baqylau/contracts'
import type { AkimatCounts, ReadingLanguage } from './akimat-counts.ts'

interface Words {
  readonly akimat: string
  readonly total: string
  readonly unresolved: string
  readonly kinds: Readonly<Record<Kind, string>>
}

/** Column heads, short, so that the table fits a terminal of 120 columns. */
const WORDS: Readonly<Record<ReadingLanguage, Words>> = {
  en: {
    akimat: 'Akimat',
    total: 'Total',
    unresolved: '(place not resolved)',
    kinds: {
      press_seizure: 'Press',
      assembly_arrest: 'Arrests',
      premises_denial: 'Halls',
      voter_intimidation: 'Voters',
      media_access_denial: 'Media',
      administrative_resource: 'Offices',
      electoral_fraud: 'Fraud',
      vote_tally: 'Tallies',
    },
  },
  ru: {
    akimat: 'Акимат',
    total: 'Всего',
    unresolved: '(место не определено)',
    kinds: {
      press_seizure: 'Печать',
      assembly_arrest: 'Аресты',
      premises_denial: 'Залы',
      voter_intimidation: 'Давление',
      media_access_denial: 'СМИ',
      administrative_resource: 'Админ.',
      electoral_fraud: 'Подлог',
      vote_tally: 'Подсчёт',
    },
  },
  kk: {
    akimat: 'Әкімдік',
    total: 'Барлығы',
    unresolved: '(орны анықталмады)',
    kinds: {
      press_seizure: 'Баспа',
      assembly_arrest: 'Қамау',
      premises_denial: 'Залдар',
      voter_intimidation: 'Қысым',
      media_access_denial: 'БАҚ',
      administrative_resource: 'Әкімш.',
      electoral_fraud: 'Бұрмалау',
      vote_tally: 'Санау',
    },
  },
}

const GAP = '  '
/** A zero is shown as a dot: the eye finds what there is. */
const cell = (count: number): string => (count === 0 ? '·' : String(count))

/** The table akimat × kind as lines of text, with a line of totals. */
export function renderAkimatTable(
  counts: readonly AkimatCounts[],
  language: ReadingLanguage,
): readonly string[] {
  const words = WORDS[language]
  const sum = (of: (row: AkimatCounts) => number): number => counts.reduce((total, row) => total + of(row), 0)
  const table = [
    ['', words.akimat, ...KINDS.map((kind) => words.kinds[kind]), words.total],
    ...counts.map((row) => [
      row.regionCode,
      row.regionCode === '' ? words.unresolved : row.name,
      ...KINDS.map((kind) => cell(row.byKind[kind])),
      String(row.reports),
    ]),
    [
      '',
      words.total,
      ...KINDS.map((kind) => cell(sum(({ byKind }) => byKind[kind]))),
      String(sum(({ reports }) => reports)),
    ],
  ]
  const widths = (table[0] ?? []).map((_head, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  const lines = table.map((row) =>
    row
      .map((text, column) =>
        column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join(GAP),
  )
  const rule = '─'.repeat(lines[0]?.length ?? 0)
  return [lines[0] ?? '', rule, ...lines.slice(1, -1), rule, lines.at(-1) ?? '']
}
