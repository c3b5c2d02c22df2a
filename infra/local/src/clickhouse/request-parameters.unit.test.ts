import { expect, it } from 'vitest'
import { readParameters } from './request-parameters.ts'

it('tells the parts of a URL from each other', () => {
  const url = new URLSearchParams(
    'query=SELECT+1&query_id=q&database=d&default_format=JSON&enable_http_compression=1&wait_end_of_query=1' +
      '&max_threads=2&param_place=a%5Ctb&user=u&password=p',
  )
  expect(readParameters(url)).toEqual({
    query: 'SELECT 1',
    queryId: 'q',
    database: 'd',
    defaultFormat: 'JSON',
    compressesResponse: true,
    queryParameters: new Map([['place', String.raw`a\tb`]]),
    settings: new Map([['max_threads', '2']]),
  })
})

it.each(['max_threads = 1, readonly', 'a b', "x'"])('refuses %j as the name of a setting', (name) => {
  expect(() => readParameters(new URLSearchParams({ [name]: '0' }))).toThrow('Unknown setting')
})

it.each(['session_id', 'role', 'decompress'])('says that it does not do %s', (name) => {
  expect(() => readParameters(new URLSearchParams({ [name]: '1' }))).toThrow('not supported')
})
