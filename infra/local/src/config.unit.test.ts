import { expect, it } from 'vitest'
import { readStackEnvironment } from './config.ts'

it('takes the usual ports where none are named', () => {
  expect(readStackEnvironment({}).ports).toEqual({ kafka: 9092, redis: 6379, clickhouse: 8123 })
})

it('names every variable that is not a port', () => {
  expect(() =>
    readStackEnvironment({ KAFKA_PORT: '0', REDIS_PORT: '7000', CLICKHOUSE_PORT: 'many' }),
  ).toThrow('KAFKA_PORT is "0": it has to be a port, from 1 to 65535.\nCLICKHOUSE_PORT is "many"')
})

it('takes an empty address for none', () => {
  const { external } = readStackEnvironment({ KAFKA_BROKERS: '', REDIS_URL: 'redis://elsewhere:6379' })
  expect(external).toMatchObject({ kafkaBrokers: undefined, redisUrl: 'redis://elsewhere:6379' })
})
