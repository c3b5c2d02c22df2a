// How fast a rebuild is, and an export and an import: `node test/bench/rebuild-rate.ts [events]`, 500,000 by default.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrate, openClickHouse } from '@baqylau/clickhouse'
import { type Report, reportSubmitted, topicName, topicSpecifications } from '@baqylau/contracts'
import { startStack } from '@baqylau/infra-local'
import { openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { startBaqylau } from '../support/baqylau-command.ts'
import { MIGRATIONS } from '../support/own-clickhouse.ts'

const EVENTS = Number(process.argv[2] ?? 500_000)
const BATCH = 2000
const PARTITIONS = 12
const FROM = 'from.'
const TO = 'to.'
const LOOK_MS = 50
const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-rebuild-rate-'))
const { log } = createTelemetry('bench', 'silent')
const samples = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'autumn-2005.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Report)

const eventOf = (index: number): string =>
  JSON.stringify(
    reportSubmitted({
      report: samples[index % samples.length] as Report,
      reportId: randomUUID(),
      author: 'bench',
      contentHash: randomBytes(32).toString('hex'),
      receiptHash: randomBytes(32).toString('hex'),
      receivedAt: new Date('2005-10-19T10:00:00Z'),
    }),
  )

const residentMegabytes = (pid: number): number => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

/** Runs a command to its end, and says how long it took and how much memory at most. */
const measure = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> => {
  const startedAt = performance.now()
  const { child, ended } = startBaqylau(args, env)
  let megabytes = 0
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      megabytes = Math.max(megabytes, residentMegabytes(child.pid ?? 0) || 0)
      await pause(LOOK_MS)
    }
  })()
  const { code, document, said } = await ended
  over.abort()
  await watching
  const seconds = (performance.now() - startedAt) / 1000
  if (code !== 0) process.stderr.write(said)
  const rate = Math.round(EVENTS / seconds)
  process.stdout.write(
    `${args[0]}: ${seconds.toFixed(1)} s, ${rate}/s, ${Math.round(megabytes)} MB, ${JSON.stringify(document)}\n`,
  )
}

const stack = await startStack({ dataDir })
const env = { ...stack.env, KAFKA_TOPIC_PREFIX: FROM }
const kafka = { brokers: stack.env['KAFKA_BROKERS'] ?? '', clientId: 'bench', log }
const admin = await openAdmin(kafka)
await admin.ensureTopics([...topicSpecifications(FROM, PARTITIONS), ...topicSpecifications(TO, PARTITIONS)])
const producer = openProducer({ ...kafka, sendMsMax: 60_000 })
for (let sent = 0; sent < EVENTS; sent += BATCH) {
  await producer.send(
    Array.from({ length: BATCH }, (_, index) => ({
      topic: topicName(FROM, 'reports'),
      key: randomUUID(),
      value: eventOf(sent + index),
    })),
  )
}
await producer.close()
await admin.close()
const clickhouse = openClickHouse({
  url: stack.env['CLICKHOUSE_URL'] ?? '',
  user: stack.env['CLICKHOUSE_USER'] ?? '',
  password: stack.env['CLICKHOUSE_PASSWORD'] ?? '',
  requestMsMax: 60_000,
})
await migrate(clickhouse, MIGRATIONS)
await clickhouse.close()
await measure(['rebuild'], env)
await measure(['export-log', join(dataDir, 'export')], env)
await measure(['import-log', join(dataDir, 'export')], { ...env, KAFKA_TOPIC_PREFIX: TO })
await stack.stop()
rmSync(dataDir, { recursive: true, force: true })
