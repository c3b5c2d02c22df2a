import type { Kind, ReceiptAnswer } from '@baqylau/contracts'
import type { MarkedDay } from '../../../domain/election-days.ts'
import type { BinUnit } from '../../../domain/timeline.ts'

/** Every text of the pages. Numbers and days come formatted. */
export interface Messages {
  readonly languageName: string
  readonly title: string
  readonly nav: { readonly overview: string; readonly receipt: string; readonly leave: string }
  readonly kinds: Readonly<Record<Kind, string>>
  readonly filter: {
    readonly heading: string
    readonly from: string
    readonly to: string
    readonly kind: string
    readonly allKinds: string
    readonly regions: string
    readonly asThen: string
    readonly asToday: string
    readonly show: string
    readonly reset: string
    readonly notUnderstood: (names: string) => string
    readonly periodReversed: string
  }
  readonly sums: {
    readonly heading: string
    readonly reports: string
    readonly incidents: string
    readonly unresolved: string
    readonly synthetic: string
    readonly awaiting: string
    readonly failed: string
  }
  readonly map: {
    readonly heading: string
    readonly legend: string
    readonly description: string
    readonly citiesNote: string
    readonly seatsNote: string
    readonly offMap: (count: string) => string
    readonly source: string
  }
  readonly timeline: {
    readonly heading: string
    readonly by: Readonly<Record<BinUnit, string>>
    readonly exact: string
    readonly approximate: string
    readonly marks: Readonly<Record<MarkedDay['meaning'], string>>
    readonly none: string
    readonly asTable: string
    readonly period: string
  }
  readonly table: {
    readonly heading: string
    readonly akimat: string
    readonly total: string
    readonly unresolved: string
    readonly incidents: string
    readonly detained: string
    readonly copies: string
    readonly note: string
    readonly csv: string
  }
  readonly signIn: {
    readonly heading: string
    readonly text: string
    readonly key: string
    readonly enter: string
    readonly refused: string
  }
  readonly receipt: {
    readonly heading: string
    readonly text: string
    readonly label: string
    readonly ask: string
    readonly mistyped: string
    readonly statuses: Readonly<Record<ReceiptAnswer['status'], string>>
    readonly placedIn: (akimat: string) => string
    readonly notPlaced: string
  }
  readonly errors: {
    readonly heading: string
    readonly rateLimited: string
    readonly forbidden: string
    readonly unavailable: string
    readonly other: string
  }
}
