import { randomBytes, randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOPICS, topicName, topicSpecifications } from '@baqylau/contracts'
import {
  type LogAdmin,
  type LogProducer,
  type LogRecord,
  openAdmin,
  openProducer,
  readLog,
} from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type CommandEnd, startBaqylau } from '../support/baqylau-command.ts'

const PARTITIONS = 3
const TEST_MS_MAX = 240_000
const PATIENCE = { timeout: 60_000, interval: 5 }
const run = randomUUID().slice(0, 8)
const FROM = `export-${run}.`
const directory = mkdtempSync(join(tmpdir(), 'baqylau-export-'))
const log = join(directory, 'log')
const { log: silent } = createTelemetry('test', 'silent')
const kafka = { brokers: process.env['KAFKA_BROKERS'] ?? '', clientId: 'test', log: silent }

let admin: LogAdmin
let producer: LogProducer
beforeAll(async () => {
  admin = await openAdmin(kafka)
  producer = openProducer({ ...kafka, sendMsMax: 20_000 })
  await makeTopics(FROM)
  await fill(3000)
})
afterAll(async () => {
  await producer.close()
  await admin.close()
  rmSync(directory, { recursive: true, force: true })
})

const makeTopics = async (prefix: string, partitions = PARTITIONS): Promise<void> => {
  await admin.ensureTopics(topicSpecifications(prefix, partitions))
}
const envOf = (prefix: string) => ({
  ...process.env,
  KAFKA_TOPIC_PREFIX: prefix,
  KAFKA_PARTITIONS: `${PARTITIONS}`,
})
const baqylau = (prefix: string, ...args: readonly string[]): Promise<CommandEnd> =>
  startBaqylau(args, envOf(prefix)).ended

/** Messages of every kind: text and bytes that are none, without key, without value, with headers, of another day. */
const fill = async (count: number): Promise<void> => {
  const messages = Array.from({ length: count }, (_, index) => ({
    topic: topicName(FROM, TOPICS[index % TOPICS.length] ?? 'reports'),
    key: index % 7 === 0 ? null : `key-${index}`,
    value:
      index % 11 === 0
        ? null
        : index % 13 === 0
          ? randomBytes(50)
          : `{"событие": ${index}, "мәтін": "\u2028"}`,
    timestamp: String(Date.UTC(2005, 9, 19) + index),
    ...(index % 5 === 0 && { headers: { 'baqylau-replay': randomBytes(20), empty: Buffer.alloc(0) } }),
  }))
  await producer.send(messages)
}

/** The whole of a log, by topic and partition, with the names that the topics have without prefix. */
const contentOf = async (prefix: string): Promise<ReadonlyMap<string, readonly unknown[]>> => {
  const content = new Map<string, unknown[]>()
  const stretches = await admin.topicEnds(TOPICS.map((topic) => topicName(prefix, topic)))
  const onBatch = (records: readonly LogRecord[]): Promise<void> => {
    for (const { topic, partition, ...record } of records) {
      const place = `${topic.slice(prefix.length)}/${partition}`
      content.set(place, [...(content.get(place) ?? []), record])
    }
    return Promise.resolve()
  }
  await readLog({ ...kafka, stretches, fetchBytesMax: 1_000_000, partitionsAtOnce: 3, onBatch })
  return content
}
const inOrder = (content: ReadonlyMap<string, unknown>) =>
  [...content].toSorted(([a], [b]) => a.localeCompare(b))

it(
  'brings every message back to its place, byte by byte, and adds later what came since',
  async () => {
    expect(await baqylau(FROM, 'export-log', log)).toMatchObject({
      code: 0,
      document: { records: 3000, added: 3000 },
    })
    await fill(500)
    expect(await baqylau(FROM, 'export-log', log)).toMatchObject({
      code: 0,
      document: { records: 3500, added: 500 },
    })
    const to = `import-${run}.`
    await makeTopics(to)
    expect(await baqylau(to, 'import-log', log)).toMatchObject({
      code: 0,
      document: { records: 3500, alreadyThere: 0 },
    })
    expect(inOrder(await contentOf(to))).toEqual(inOrder(await contentOf(FROM)))
    // Again: it is all there, and nothing is doubled.
    expect(await baqylau(to, 'import-log', log)).toMatchObject({ code: 0, document: { alreadyThere: 3500 } })
    expect(inOrder(await contentOf(to))).toEqual(inOrder(await contentOf(FROM)))
  },
  TEST_MS_MAX,
)

/** Appends reports, each with an enrichment and a dead letter that name its place, until it is told to stop. */
const trafficOf = async (prefix: string, over: AbortSignal): Promise<void> => {
  for (let offset = 0; !over.aborted; offset += 1) {
    for (const topic of ['reports', 'enrichments', 'dead-letters'] as const) {
      await producer.send([
        { topic: topicName(prefix, topic), partition: 0, key: null, value: String(offset) },
      ])
    }
  }
}

it(
  'is a cut of a log that goes on: what letters and enrichments refer to is in it',
  async () => {
    const from = `traffic-${run}.`
    const to = `cut-${run}.`
    const cut = join(directory, 'cut')
    await makeTopics(from)
    await makeTopics(to)
    const over = new AbortController()
    const traffic = trafficOf(from, over.signal)
    await vi.waitFor(async () => {
      const counts = await admin.recordCounts([topicName(from, 'reports')])
      expect([...counts.values()][0]).toBeGreaterThan(0)
    }, PATIENCE)
    const exported = await baqylau(from, 'export-log', cut)
    over.abort()
    await traffic
    expect(exported).toMatchObject({ code: 0 })
    expect(await baqylau(to, 'import-log', cut)).toMatchObject({ code: 0 })
    const ends = await admin.topicEnds(
      (['reports', 'enrichments', 'dead-letters'] as const).map((topic) => topicName(to, topic)),
    )
    const [reports = 0n, enrichments = 0n, letters = 0n] = ends
      .filter(({ partition }) => partition === 0)
      .map(({ high }) => high)
    // The n-th letter names the n-th enrichment, and that the n-th report.
    expect(letters).toBeGreaterThan(0n)
    expect(enrichments).toBeGreaterThanOrEqual(letters)
    expect(reports).toBeGreaterThanOrEqual(enrichments)
  },
  TEST_MS_MAX,
)

it(
  'goes on after it was killed, in exporting and in importing',
  async () => {
    const other = join(directory, 'killed')
    const exporting = startBaqylau(['export-log', other], envOf(FROM))
    await vi.waitFor(() => expect(readdirSync(other).length).toBeGreaterThan(4), PATIENCE)
    exporting.child.kill('SIGKILL')
    await exporting.ended
    expect(await baqylau(FROM, 'export-log', other)).toMatchObject({ code: 0, document: { records: 3500 } })
    expect(readdirSync(other).filter((name) => name.endsWith('.partial'))).toEqual([])

    const to = `killed-${run}.`
    await makeTopics(to)
    const importing = startBaqylau(['import-log', other], envOf(to))
    await vi.waitFor(async () => {
      const counts = await admin.recordCounts([topicName(to, 'enrichments')])
      expect([...counts.values()][0]).toBeGreaterThan(0)
    }, PATIENCE)
    importing.child.kill('SIGKILL')
    await importing.ended
    expect(await baqylau(to, 'import-log', other)).toMatchObject({ code: 0, document: { records: 3500 } })
    expect(inOrder(await contentOf(to))).toEqual(inOrder(await contentOf(FROM)))
  },
  TEST_MS_MAX,
)

it(
  'refuses to export beside another export, and removes nothing but what is its own',
  async () => {
    const shared = join(directory, 'shared')
    const own = `reports-00000-${'0'.repeat(19)}-0123abcd.ndjson.zst.partial`
    const first = startBaqylau(['export-log', shared], envOf(FROM))
    // Held where it has begun to write.
    await vi.waitFor(() => {
      expect(readdirSync(shared).filter((name) => name.endsWith('.partial'))).not.toEqual([])
      first.child.kill('SIGSTOP')
    }, PATIENCE)
    const before = readdirSync(shared)
    expect(await baqylau(FROM, 'export-log', shared)).toMatchObject({
      code: 1,
      document: { code: 'already_running' },
    })
    expect(readdirSync(shared)).toEqual(before)
    first.child.kill('SIGKILL')
    await first.ended
    writeFileSync(join(shared, 'thesis.partial'), 'of somebody else')
    writeFileSync(join(shared, own), 'of an export that was killed')
    expect(await baqylau(FROM, 'export-log', shared)).toMatchObject({ code: 0, document: { records: 3500 } })
    const odd = readdirSync(shared).filter((name) => !/^(manifest\.json|.*\.zst)$/.test(name))
    expect(odd).toEqual(['thesis.partial'])
  },
  TEST_MS_MAX,
)

it(
  'refuses, before it appends anything, a damaged file, a log that is not empty, and other partitions',
  async () => {
    const damaged = join(directory, 'damaged')
    cpSync(log, damaged, { recursive: true })
    const name = readdirSync(damaged).find((each) => each.startsWith('reports')) ?? ''
    const bytes = readFileSync(join(damaged, name))
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20)
    writeFileSync(join(damaged, name), bytes)
    const to = `refused-${run}.`
    await makeTopics(to)
    expect(await baqylau(to, 'import-log', damaged)).toMatchObject({
      code: 1,
      document: { code: 'export_damaged' },
    })
    const counts = await admin.recordCounts(TOPICS.map((topic) => topicName(to, topic)))
    expect([...counts.values()]).toEqual(TOPICS.map(() => 0))

    await producer.send([{ topic: topicName(to, 'reports'), key: 'k', value: 'another', partition: 0 }])
    expect(await baqylau(to, 'import-log', log)).toMatchObject({ code: 1, document: { code: 'log_differs' } })

    const wider = `wider-${run}.`
    await makeTopics(wider, PARTITIONS + 1)
    expect(await baqylau(wider, 'import-log', log)).toMatchObject({
      code: 1,
      document: { code: 'log_differs' },
    })
    expect(await baqylau(to, 'export-log', log)).toMatchObject({ code: 1, document: { code: 'log_differs' } })
  },
  TEST_MS_MAX,
)
