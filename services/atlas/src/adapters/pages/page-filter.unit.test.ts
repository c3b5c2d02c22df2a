import { expect, test } from 'vitest'
import { pageAddress, pageFilterOf } from './page-filter.ts'

test('empty fields of a form ask for nothing', () => {
  expect(pageFilterOf({ from: '', to: '', kind: '', regions: '', lang: 'kk' })).toEqual({
    filter: { regions: 'then' },
    notUnderstood: [],
    periodReversed: false,
  })
})

test('what is not understood is left out and named', () => {
  const query = { from: '1066-01-01', to: ['2005-01-01', '2005-01-02'], kind: 'theft', regions: 'today' }
  const page = pageFilterOf(query)
  expect(page.filter).toEqual({ regions: 'today' })
  expect(page.notUnderstood).toEqual(['from', 'to', 'kind'])
})

test('a period that ends before it begins is left out, and said to be', () => {
  const page = pageFilterOf({ from: '2005-12-01', to: '2005-11-01', kind: 'vote_tally' })
  expect(page.filter).toEqual({ regions: 'then', kind: 'vote_tally' })
  expect(page.periodReversed).toBe(true)
})

test('an address leads back to the same filter', () => {
  const { filter } = pageFilterOf({
    from: '2005-10-01',
    to: '2005-12-31',
    kind: 'vote_tally',
    regions: 'today',
  })
  const address = new URL(pageAddress('/', 'ru', filter), 'http://atlas')
  expect(pageFilterOf(Object.fromEntries(address.searchParams)).filter).toEqual(filter)
  expect(address.searchParams.get('lang')).toBe('ru')
})
