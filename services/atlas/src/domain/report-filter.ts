import { AppError, type Kind, type RegionView } from '@baqylau/contracts'

/** `region` of reports that could not be placed, or not yet. */
export const UNRESOLVED = ''

/** Which reports are asked for; days are ISO dates, both included. An absent member asks for all. */
export interface ReportFilter {
  /** By which map `region` is meant, and regions are counted: the day's own, or today's. */
  readonly regions: RegionView
  readonly from?: string
  readonly to?: string
  readonly region?: string
  readonly kind?: Kind
  readonly precision?: string
  readonly stage?: string
  readonly synthetic?: boolean
  readonly confidentiality?: string
}

/** `unresolved` is the word for '' in a query, where an empty value is easily lost. */
export const regionOf = (word: string): string => (word === 'unresolved' ? UNRESOLVED : word)

/** @throws AppError `invalid_query` when `from` is after `to`. */
export const checkPeriod = ({ from, to }: Pick<ReportFilter, 'from' | 'to'>): void => {
  if (from !== undefined && to !== undefined && from > to) {
    throw new AppError('invalid_query', `from (${from}) is after to (${to}).`, {
      faults: [{ path: '/from', message: 'must not be after to' }],
    })
  }
}
