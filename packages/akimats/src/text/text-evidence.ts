import { codeOn, codesToday, splits, type AkimatCode } from '../akimat.ts'
import { confidence, type Evidence } from '../evidence.ts'
import type { Mention } from './mentions.ts'
import type { Sense } from './name-index.ts'

type PlaceSense = Exclude<Sense, { readonly kind: 'foreign' }>

/** A mention of a place in Kazakhstan, with the akimats of the day that each of its senses is in. */
interface Clue {
  readonly options: readonly Option[]
  readonly mention: Mention
  readonly isRegion: boolean
  /** `weak` gives way to all that is solid; `generic` says something within a named region only. */
  readonly standing: 'solid' | 'weak' | 'generic'
}

interface Option {
  readonly sense: PlaceSense
  readonly codes: readonly AkimatCode[]
}

// Cities that are akimats of their own, and the region around them.
const regionAround = new Map<AkimatCode, AkimatCode>([
  ['KZ-71', 'KZ-11'],
  ['KZ-75', 'KZ-19'],
  ['KZ-79', 'KZ-61'],
])

// Of homonyms, people mean the city, if it is one, and far larger than the others.
const dominantPopulation = 50_000
const dominantRatio = 10

// Named together with another region, a city of this size is no homonym: the text contradicts itself.
const unmistakablePopulation = 100_000

/** Weighs what a text names: regions first, then what lies within them; abstains when it points to several akimats. */
export function weighText(mentions: readonly Mention[], date: string): Evidence {
  const clues = mentions.map((mention) => toClue(mention, date)).filter((clue) => clue.options.length > 0)
  const specific = clues.filter(({ standing }) => standing !== 'generic')
  if (specific.length === 0) return { kind: mentions.some(isForeign) ? 'foreign' : 'none' }
  if (mentions.some(isForeignCity)) return ambiguous(specific)
  const regions = specific.filter(({ isRegion }) => isRegion)
  const named = intersect(regions)
  if (named !== null && named.length === 0) return ambiguous(regions)
  const solid = specific.filter(({ standing }) => standing === 'solid')
  const others = (solid.length > 0 ? solid : specific).filter(({ isRegion }) => !isRegion)
  return named === null
    ? weighSettlements(others, date)
    : weighWithinRegion({ named, regions, others, clues }, date)
}

function toClue(mention: Mention, date: string): Clue {
  const places = mention.senses.filter((sense) => sense.kind !== 'foreign')
  return {
    options: places.map((sense) => ({ sense, codes: codesOf(sense, mention.isNear, date) })),
    mention,
    isRegion: places.every(({ kind }) => kind === 'region'),
    standing: standingOf(mention, places),
  }
}

function standingOf({ marker }: Mention, places: readonly PlaceSense[]): Clue['standing'] {
  const isAll = (use: PlaceSense['use']): boolean => places.every((sense) => sense.use === use)
  if (marker !== 'city' && isAll('generic')) return 'generic'
  return marker === null && isAll('weak') ? 'weak' : 'solid'
}

const isForeign = ({ senses }: Mention): boolean => senses.every((sense) => sense.kind === 'foreign')

function codesOf(sense: PlaceSense, isNear: boolean, date: string): readonly AkimatCode[] {
  const code = codeOn(sense.kind === 'settlement' ? sense.settlement.codeToday : sense.code, date)
  const around = isNear ? regionAround.get(code) : undefined
  return around === undefined ? [code] : [code, around]
}

const isForeignCity = ({ senses }: Mention): boolean =>
  senses.every((sense) => sense.kind === 'foreign' && sense.what === 'city')

const codesOfClue = ({ options }: Clue): readonly AkimatCode[] => options.flatMap(({ codes }) => codes)

/** The codes that every clue allows; null when there is no clue. */
function intersect(clues: readonly Clue[]): readonly AkimatCode[] | null {
  return clues.reduce<readonly AkimatCode[] | null>((common, clue) => {
    const codes = [...new Set(codesOfClue(clue))]
    return common === null ? codes : codes.filter((code) => common.includes(code))
  }, null)
}

function ambiguous(
  clues: readonly Clue[],
  reason: 'ambiguous' | 'conflicting_evidence' = 'ambiguous',
): Evidence {
  return { kind: 'unresolved', reason, candidates: [...new Set(clues.flatMap(codesOfClue))].toSorted() }
}

function weighSettlements(clues: readonly Clue[], date: string): Evidence {
  const common = intersect(clues) ?? []
  if (common.length === 1) return resolved(narrowed(clues, common), common, date)
  const [only] = clues
  const dominant = clues.length === 1 && only !== undefined ? dominantOption(only) : undefined
  if (only === undefined || dominant === undefined) return ambiguous(clues)
  const evidence = resolved([{ ...only, options: [dominant] }], dominant.codes, date)
  return evidence.kind === 'resolved' ? { ...evidence, confidence: confidence.largestOfHomonyms } : evidence
}

function dominantOption({ options }: Clue): Option | undefined {
  const size = ({ sense }: Option): number =>
    sense.kind === 'settlement' ? sense.settlement.population : Infinity
  const [first, second] = options.toSorted((one, other) => size(other) - size(one))
  if (first === undefined || second === undefined || first.codes.length > 1) return undefined
  const isDominant = size(first) >= dominantPopulation && size(first) >= size(second) * dominantRatio
  return isDominant && Number.isFinite(size(first)) ? first : undefined
}

interface NamedRegion {
  readonly named: readonly AkimatCode[]
  readonly regions: readonly Clue[]
  readonly others: readonly Clue[]
  /** All of them: within a named region, a weak or generic name is as good as any. */
  readonly clues: readonly Clue[]
}

function weighWithinRegion({ named, regions, others, clues }: NamedRegion, date: string): Evidence {
  const contradicting = others.find((clue) => canContradict(clue) && within(clue, named).length === 0)
  if (contradicting !== undefined) return ambiguous([...regions, contradicting], 'conflicting_evidence')
  const inside = narrowed(
    clues.filter(({ isRegion }) => !isRegion),
    named,
  )
  const codes = intersect(inside)
  const precise = codes === null ? named : codes
  if (precise.length === 1) return resolved([...regions, ...inside], precise, date)
  return ambiguous(precise.length === 0 ? inside : narrowed(regions, precise))
}

/** A large city, or another region («Карагандинский» may be either), is no homonym of something in the region named. */
function canContradict({ options, mention }: Clue): boolean {
  if (options.some(({ sense }) => sense.kind === 'region')) return true
  if (mention.isNear) return false
  return options.every(
    ({ sense }) => sense.kind === 'settlement' && sense.settlement.population >= unmistakablePopulation,
  )
}

/** A place is within a region named also when it was taken out of it: «Семей, ВКО» is written to this day. */
function within({ options }: Clue, named: readonly AkimatCode[]): readonly Option[] {
  return options.filter(({ codes }) =>
    codes.some(
      (code) => named.includes(code) || splits.some(({ from, to }) => to === code && named.includes(from)),
    ),
  )
}

function narrowed(clues: readonly Clue[], codes: readonly AkimatCode[]): readonly Clue[] {
  return clues
    .map((clue) => ({ ...clue, options: within(clue, codes) }))
    .filter(({ options }) => options.length > 0)
}

function resolved(clues: readonly Clue[], codes: readonly AkimatCode[], date: string): Evidence {
  const [code] = codes
  if (code === undefined) return ambiguous(clues)
  const settled = clues.find(({ options }) => options.length === 1 && options[0]?.sense.kind === 'settlement')
  const sense = settled?.options[0]?.sense
  const settlement = sense?.kind === 'settlement' ? sense.settlement.name : null
  return {
    kind: 'resolved',
    code,
    codeToday: codeTodayOf(clues, code, date),
    settlement,
    method: settlement === null ? 'region_name' : 'settlement',
    confidence: confidenceOf(clues, settled),
  }
}

const beforeAnySplit = ''

/** Today's akimat, when what is named lies in one of today's alone. A region that has been split since does not. */
function codeTodayOf(clues: readonly Clue[], code: AkimatCode, date: string): AkimatCode | null {
  const possible = clues.map(
    ({ options, mention }) =>
      new Set(
        options.flatMap(({ sense }) => {
          if (sense.kind === 'settlement' && !mention.isNear) return [sense.settlement.codeToday]
          if (sense.kind === 'settlement') return aroundToday(sense.settlement.codeToday)
          return sense.kind === 'region' ? codesToday(sense.code, beforeAnySplit) : [sense.code]
        }),
      ),
  )
  const common = codesToday(code, date).filter((today) => possible.every((codes) => codes.has(today)))
  return common.length === 1 ? (common[0] ?? null) : null
}

function aroundToday(code: AkimatCode): readonly AkimatCode[] {
  const around = regionAround.get(code)
  return around === undefined ? [code] : [code, around]
}

function confidenceOf(clues: readonly Clue[], settled: Clue | undefined): number {
  if (settled?.mention.isNear === true) return confidence.near
  const isConfirmed = clues.some(({ isRegion }) => isRegion)
  if (settled !== undefined) {
    if (isConfirmed) return confidence.settlementInNamedRegion
    return settled.standing === 'weak' ? confidence.weakName : confidence.settlement
  }
  return isConfirmed ? confidence.region : confidence.district
}
