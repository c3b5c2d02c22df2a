import type { AkimatPeriod } from '@baqylau/akimats'
import { YEAR_MIN } from '@baqylau/contracts'

/** One naming period of an akimat, as `baqylau.akimats_store` takes it. */
export interface AkimatRow {
  readonly code: string
  readonly valid_from: string
  readonly valid_to: string | null
  readonly name_kk: string
  readonly name_ru: string
  readonly name_en: string
}

/** No report is older: what was always so begins there, since the views look up the last period that began by a day. */
const FIRST_DAY = `${YEAR_MIN}-01-01`

export const akimatRow = ({ code, validFrom, validTo, nameKk, nameRu, nameEn }: AkimatPeriod): AkimatRow => ({
  code,
  valid_from: validFrom ?? FIRST_DAY,
  valid_to: validTo,
  name_kk: nameKk,
  name_ru: nameRu,
  name_en: nameEn,
})
