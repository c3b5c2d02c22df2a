// How fast `baqylau verify` is, and how much memory it takes: half of the events are submissions, half their enrichments.
//   node test/bench/verify.ts [--events 300000] [--json]
// Starts its own Kafka, ClickHouse and lander. The bound that docs/runbook.md states is checked: exit code 1 when it is passed.
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { migrate, openClickHouse } from '@baqylau/clickhouse'
import {
  type Enrichment,
  type Report,
  reportEnriched,
  type ReportEvent,
  reportSubmitted,
  topicName,
  topicSpecifications,
} from '@baqylau/contracts'
import { pickFreePort, startStack } from '@baqylau/infra-local'
import { type LogAdmin, openAdmin, openProducer } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { startBaqylau } from '../support/baqylau-command.ts'
import { MIGRATIONS } from '../support/own-clickhouse.ts'
import { spawnService } from '../support/service-process.ts'

const PREFIX = 'verify-bench.'
const MEBIBYTES_MAX = 512
const SEND_REPORTS = 1000
const ASK_EVERY_MS = 500
const SAMPLE_EVERY_MS = 100
const REGIONS = ['KZ-19', 'KZ-61', 'KZ-63', 'KZ-75', 'KZ-79']

const { values } = parseArgs({
  options: { events: { type: 'string', default: '300000' }, json: { type: 'boolean', default: false } },
})
const reports = Math.ceil(Number(values.events) / 2)
const { log } = createTelemetry('bench', 'silent')
const samples = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'autumn-2005.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Report)

const pairOf = (index: number): readonly [ReportEvent, ReportEvent] => {
  const stated = reportSubmitted({
    report: samples[index % samples.length] as Report,
    reportId: randomUUID(),
    author: `author-${index % 500}`,
    contentHash: randomBytes(32).toString('hex'),
    receiptHash: randomBytes(32).toString('hex'),
    receivedAt: new Date('2005-10-19T10:00:00Z'),
  })
  const region = REGIONS[index % REGIONS.length] ?? null
  const enrichment: Enrichment = {
    day: stated.data.report.occurred.from.slice(0, 10),
    akimat: {
      regionCode: region,
      regionCodeToday: region,
      method: 'settlement',
      confidence: 0.9,
      reason: null,
      candidates: [],
    },
    huridocs: ['100101'],
    odihrArea: 'media',
    lawInForce: ['Elections Law 2464 of 28 September 1995'],
    election: { id: 'kz-2005-president', daysToElection: 46, campaignBegun: false },
    narrativeLanguage: 'ru',
  }
  return [stated, reportEnriched(stated, { enrichment, failure: null, narrativeRedacted: undefined }, 1)]
}

/** The broker has no coordinator for the group before the lander has joined it. */
const isLanded = async (admin: LogAdmin): Promise<boolean> => {
  const topics = ['reports', 'enrichments'].map((topic) => `${PREFIX}${topic}`)
  const lags = await admin.lagOf(`${PREFIX}lander`, topics).catch(() => [{ lag: 1 }])
  return lags.every(({ lag }) => lag === 0)
}

/** The most that a process has had in memory so far, in MiB, as Linux has it; 0 when it is gone. */
const peakMiB = (pid: number): number => {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
  } catch {
    return 0
  }
}

const measure = async (env: Readonly<Record<string, string>>) => {
  const command = startBaqylau(['verify', '--wait', '5'], env)
  let peak = 0
  const sampling = setInterval(() => {
    peak = Math.max(peak, peakMiB(command.child.pid ?? 0))
  }, SAMPLE_EVERY_MS)
  const { code, document } = await command.ended
  clearInterval(sampling)
  return { code, peak, document: document as { readonly seconds: number; readonly agrees: boolean } }
}

const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-verify-bench-'))
const stack = await startStack({ dataDir, external: { redisUrl: 'redis://none:1' } })
const kafka = { brokers: stack.env['KAFKA_BROKERS'] ?? '', clientId: 'bench', log }
const admin = await openAdmin(kafka)
const producer = openProducer({ ...kafka, sendMsMax: 30_000 })
const clickhouse = openClickHouse({
  url: stack.env['CLICKHOUSE_URL'] ?? '',
  user: stack.env['CLICKHOUSE_USER'] ?? '',
  password: stack.env['CLICKHOUSE_PASSWORD'] ?? '',
  requestMsMax: 30_000,
})
try {
  await migrate(clickhouse, MIGRATIONS)
  await admin.ensureTopics(topicSpecifications(PREFIX, 12))
  for (let sent = 0; sent < reports; sent += SEND_REPORTS) {
    const pairs = Array.from({ length: SEND_REPORTS }, (_, index) => pairOf(sent + index))
    await producer.send(
      pairs.flatMap(([stated, enriched]) => [
        { topic: topicName(PREFIX, 'reports'), key: stated.subject, value: JSON.stringify(stated) },
        { topic: topicName(PREFIX, 'enrichments'), key: enriched.subject, value: JSON.stringify(enriched) },
      ]),
    )
  }
  const env = { ...stack.env, KAFKA_TOPIC_PREFIX: PREFIX }
  // Fills in the names of the akimats, which are compared as well.
  await startBaqylau(['migrate'], env).ended
  const lander = spawnService('lander', {
    ...env,
    LOG_LEVEL: 'warn',
    LANDER_PORT: String(await pickFreePort()),
  })
  lander.stdout?.resume()
  lander.stderr?.resume()
  while (!(await isLanded(admin))) await delay(ASK_EVERY_MS)
  const exited = once(lander, 'exit')
  lander.kill('SIGTERM')
  await exited
  const { code, peak, document } = await measure(env)
  const result = {
    events: reports * 2,
    agrees: document.agrees,
    seconds: document.seconds,
    eventsPerSecond: Math.round((reports * 2) / document.seconds),
    peakMiB: peak,
    boundMiB: MEBIBYTES_MAX,
  }
  console.log(values.json ? JSON.stringify(result) : result)
  process.exitCode = code === 0 && peak <= MEBIBYTES_MAX ? 0 : 1
} finally {
  await producer.close()
  await admin.close()
  await clickhouse.close()
  await stack.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
