import { expect, test } from 'vitest'
import { dailyCsv } from './daily-csv.ts'

const line = {
  regionCode: 'KZ-75',
  names: { kk: 'Алматы қаласы', ru: 'город Алматы', en: 'Almaty City' },
  day: '2005-10-19',
  kind: 'press_seizure',
  precision: 'day',
  reports: 4,
  incidents: 1,
  peopleDetained: 0,
  copiesSeized: 50_000,
  denials: 0,
}

test('has a header, lines that end with CR LF, and empty names where there are none', () => {
  const [header, first, second, end] = dailyCsv([line, { ...line, regionCode: '', names: null }]).split(
    '\r\n',
  )
  expect(header).toMatch(/^region_code,name_kk,/)
  expect(first).toBe(
    'KZ-75,Алматы қаласы,город Алматы,Almaty City,2005-10-19,press_seizure,day,4,1,0,50000,0',
  )
  expect(second).toBe(',,,,2005-10-19,press_seizure,day,4,1,0,50000,0')
  expect(end).toBe('')
})

test('quotes what RFC 4180 says must be quoted', () => {
  const csv = dailyCsv([{ ...line, names: { kk: 'a,b', ru: 'a"b', en: 'a\nb' } }])
  expect(csv).toContain('KZ-75,"a,b","a""b","a\nb",2005')
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('lets no spreadsheet take %j for a formula', (kind) => {
  expect(dailyCsv([{ ...line, kind }])).toContain(`,'${kind},`)
})
