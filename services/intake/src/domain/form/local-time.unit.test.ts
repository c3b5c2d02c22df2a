import { expect, it } from 'vitest'
import { localDateTime } from './local-time.ts'

// The tz database: summer time ended in Kazakhstan in 2005; all of it is at +05:00 since 1 March 2024.
it.each([
  ['2005-10-19', '09:30', 'Asia/Almaty', '2005-10-19T09:30:00+06:00'],
  ['2005-10-19', '09:30', 'Asia/Aqtobe', '2005-10-19T09:30:00+05:00'],
  ['2005-12-04', '00:00', 'Asia/Almaty', '2005-12-04T00:00:00+06:00'],
  ['1999-07-01', '12:00', 'Asia/Almaty', '1999-07-01T12:00:00+07:00'],
  ['2024-02-29', '22:59', 'Asia/Almaty', '2024-02-29T22:59:00+06:00'],
  ['2024-03-01', '00:30', 'Asia/Almaty', '2024-03-01T00:30:00+05:00'],
  ['2024-03-01', '12:00', 'Asia/Aqtobe', '2024-03-01T12:00:00+05:00'],
] as const)('%s %s by the clock of %s is %s', (date, time, zone, expected) => {
  expect(localDateTime(date, time, zone)).toBe(expected)
})
