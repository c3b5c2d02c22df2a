import { expect, it } from 'vitest'
import { describeMissing, javaVersion } from './prerequisites.ts'

it('names all that is missing in one message, and how to get each', () => {
  const message = describeMissing([
    { kind: 'program', program: 'java' },
    { kind: 'program', program: 'mvn' },
    { kind: 'program', program: 'redis-server' },
    { kind: 'port', title: 'ClickHouse', variable: 'CLICKHOUSE_PORT', port: 8123 },
    { kind: 'engine', platform: 'win32 on x64' },
  ])
  expect(message).toMatchInlineSnapshot(`
    "The stack cannot start here:
      - Java 17 or later (the command java), for Kafka, is not here. Install it, or set KAFKA_BROKERS=host:port to use one that runs elsewhere.
      - Maven (the command mvn), to fetch Kafka, is not here. Install it, or set KAFKA_BROKERS=host:port to use one that runs elsewhere.
      - Redis (the command redis-server), is not here. Install it, or set REDIS_URL=redis://host:port to use one that runs elsewhere.
      - ClickHouse's port 8123 is in use. Stop what listens there, or set CLICKHOUSE_PORT to another.
      - The ClickHouse engine has no build for win32 on x64, or it was not installed. Set CLICKHOUSE_URL=http://host:port to use one that runs elsewhere.

      On Debian and Ubuntu: sudo apt-get install openjdk-17-jre-headless maven redis-server
      On macOS: brew install openjdk@17 maven redis"
  `)
})

it('says nothing of packages when only a port is taken', () => {
  const message = describeMissing([{ kind: 'port', title: 'Kafka', variable: 'KAFKA_PORT', port: 9092 }])
  expect(message).toContain("Kafka's port 9092 is in use")
  expect(message).not.toContain('apt-get')
})

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['No Java runtime present', 0],
])('reads %s as Java %i', (printed, version) => {
  expect(javaVersion(printed)).toBe(version)
})
