import { fold } from './fold.ts'

// Case endings, with the forms after a possessive, «-дағы» (that is in) and English's and Russian's few after a romanised
// name. Kazakh only adds: what is left after taking one off is the name itself.
const suffixes = [
  'ның нің дың дің тың тің',
  'ға ге қа ке на не',
  'ны ні ды ді ты ті',
  'да де та те нда нде',
  'дан ден тан тен нан нен',
  'мен бен пен',
  'дағы дегі тағы тегі ндағы ндегі',
  'лық лік дық дік тық тік',
  's',
].flatMap((row) => row.split(' ').map(fold))

// Shorter stems are too often the start of some other word.
const stemLengthMin = 4

const suffixesByLastLetter = Map.groupBy(
  suffixes.toSorted((one, other) => other.length - one.length),
  (suffix) => suffix.at(-1),
)

/**
 * What a folded word may be without its Kazakh ending, the longest ending first. Folding makes one letter of two, so that
 * in «Өскеменнен» the ending's first letter may be the name's last as well.
 */
export function withoutKazakhSuffix(key: string): readonly string[] {
  return (suffixesByLastLetter.get(key.at(-1)) ?? [])
    .flatMap((suffix) => (key.endsWith(suffix) ? stemsBefore(suffix, key) : []))
    .filter((stem) => stem.length >= stemLengthMin && stem !== key)
}

const stemsBefore = (suffix: string, key: string): readonly string[] => [
  key.slice(0, -suffix.length),
  key.slice(0, key.length - suffix.length + 1),
]
