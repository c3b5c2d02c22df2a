import { akimats } from '@baqylau/akimats'
import type { ReportRow } from '@baqylau/contracts'
import { type AkimatRow, akimatRow } from '../akimat-rows.ts'

/** What `baqylau.akimats` has to hold. */
export const AKIMAT_ROWS: readonly AkimatRow[] = akimats.map(akimatRow)

const UNNAMED = { name_kk: '', name_ru: '', name_en: '' }
const BY_CODE = Map.groupBy(AKIMAT_ROWS, ({ code }) => code)

/** The period that began last by this day, as the ASOF join of `current_reports` looks it up. */
const periodOn = (code: string, day: string): AkimatRow | undefined =>
  BY_CODE.get(code)
    ?.filter(({ valid_from: from }) => from <= day)
    .reduce<AkimatRow | undefined>(
      (last, period) => (last === undefined || period.valid_from > last.valid_from ? period : last),
      undefined,
    )

/** The names that `current_reports` adds to a row of `reports`; '' where an akimat is unknown. */
export const akimatNamesOf = ({
  region_code: code,
  region_code_today: codeToday,
  day,
}: Pick<ReportRow, 'region_code' | 'region_code_today' | 'day'>) => {
  const then = periodOn(code, day) ?? UNNAMED
  const today = BY_CODE.get(codeToday)?.find(({ valid_to: to }) => to === null) ?? UNNAMED
  return {
    akimat_kk: then.name_kk,
    akimat_ru: then.name_ru,
    akimat_en: then.name_en,
    akimat_today_kk: today.name_kk,
    akimat_today_ru: today.name_ru,
    akimat_today_en: today.name_en,
  }
}
