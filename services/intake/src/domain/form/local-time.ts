/** The clocks that a reporter may have: Almaty's, for most of the country, or the west's. */
export const TIME_ZONES = ['Asia/Almaty', 'Asia/Aqtobe'] as const
export type TimeZone = (typeof TIME_ZONES)[number]

const offsetAt = (instant: number, zone: TimeZone): string => {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(
    instant,
  )
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return name === 'GMT' ? '+00:00' : name.replace('GMT', '')
}

/**
 * A day and a time of that day by a zone's clock, with the offset that held then and there (tz database: Almaty was +06:00
 * in 2005 and is +05:00 since 1 March 2024). `date` and `time` are well-formed, like 2005-10-19 and 09:30.
 */
export const localDateTime = (date: string, time: string, zone: TimeZone): string => {
  const local = `${date}T${time}:00`
  // The offset a few hours off, which gives the instant to within an hour; then the one at that instant.
  const nearby = offsetAt(Date.parse(`${local}Z`), zone)
  return `${local}${offsetAt(Date.parse(`${local}${nearby}`), zone)}`
}
