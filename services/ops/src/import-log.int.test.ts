import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AppError, TOPICS, topicName } from '@baqylau/contracts'
import { afterAll, expect, test } from 'vitest'
import { loadManifest } from './adapters/export-directory.ts'
import { withLogAdmin } from './adapters/log-admin.ts'
import { type LogWriter, openLogWriter, openWholeLog } from './adapters/whole-log.ts'
import { exportTo } from './commands/log-files.ts'
import { ensureTopics } from './commands/topics.ts'
import { readLogFilesConfig } from './config.ts'
import { importLog } from './import-log.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'ops-import-'))
const configOf = (prefix: string) =>
  readLogFilesConfig({ ...process.env, KAFKA_TOPIC_PREFIX: prefix, KAFKA_PARTITIONS: '1' })
const run = randomUUID().slice(0, 8)
const from = configOf(`ops-export-${run}.`)
const to = configOf(`ops-import-${run}.`)
const writer = openLogWriter(from.KAFKA_BROKERS)
const never = new AbortController().signal
afterAll(async () => {
  await writer.close()
  rmSync(directory, { recursive: true })
})

/** Kafka itself, of whose answers some are not heard: the first of a message that arrived, the second of one that did not. */
const hardOfHearing = (): LogWriter & { readonly calls: () => number } => {
  let calls = 0
  return {
    send: async (records) => {
      calls += 1
      if (calls !== 2) await writer.send(records)
      if (calls <= 2) throw new AppError('log_unavailable', 'no acknowledgement')
    },
    close: () => Promise.resolve(),
    calls: () => calls,
  }
}

test('appends a message once, whether it arrived or not when its acknowledgement is lost', async () => {
  await ensureTopics(from)
  await ensureTopics(to)
  await writer.send(
    ['incidents', 'decisions', 'reports'].map((name) => ({
      topic: `${from.KAFKA_TOPIC_PREFIX}${name}`,
      key: 'key',
      value: name,
    })),
  )
  await exportTo(directory, from, never)
  const manifest = loadManifest(directory)
  if (manifest === undefined) throw new Error('there is no manifest')
  const said: string[] = []
  const deaf = hardOfHearing()
  const imported = await importLog(
    {
      directory,
      log: openWholeLog(to.KAFKA_BROKERS),
      writer: deaf,
      topicPrefix: to.KAFKA_TOPIC_PREFIX,
      progress: {
        begin: () => undefined,
        advance: () => undefined,
        say: (note) => said.push(note),
        stop: () => undefined,
      },
      signal: never,
    },
    manifest,
  )
  expect(imported).toEqual({ records: 3, alreadyThere: 0 })
  // The first arrived and was not sent again, the second was.
  expect(deaf.calls()).toBe(4)
  expect(said).toHaveLength(2)
  const names = TOPICS.map((topic) => topicName(to.KAFKA_TOPIC_PREFIX, topic))
  const counts = await withLogAdmin(to.KAFKA_BROKERS, (admin) => admin.recordCounts(names))
  expect([...counts.values()]).toEqual([1, 0, 1, 1, 0])
})
