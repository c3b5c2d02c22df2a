import { AppError } from '@baqylau/contracts'
import { expect, test } from 'vitest'
import { trustedProxiesOf } from './trusted-proxies.ts'

test('are addresses and ranges of both families, and none by default', () => {
  expect(trustedProxiesOf('')).toEqual([])
  expect(trustedProxiesOf('127.0.0.1, 172.16.0.0/12,fd00::/8 ,::1')).toEqual([
    '127.0.0.1',
    '172.16.0.0/12',
    'fd00::/8',
    '::1',
  ])
})

test.each(['proxy', '10.0.0', '10.0.0.0/33', '0.0.0.0/0', '::/0', 'fd00::/129', '10.0.0.0/8/8', '10.0.0.0/'])(
  'are not %s',
  (list) => {
    expect(() => trustedProxiesOf(`127.0.0.1,${list}`)).toThrow(AppError)
    expect(() => trustedProxiesOf(list)).toThrow(list)
  },
)
