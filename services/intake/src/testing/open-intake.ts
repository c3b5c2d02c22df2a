import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { topicName, topicSpecifications } from '@baqylau/contracts'
import { openAdmin, startConsumer } from '@baqylau/kafka'
import { createTelemetry, newAccessKey, newSecret, type Role } from '@baqylau/service-kit'
import { readIntakeConfig } from '../config.ts'
import { startIntake } from '../main.ts'

const { log } = createTelemetry('intake_test', 'silent')
const PARTITIONS = 3
const WAIT_MS_MAX = 40_000

/** What intake needs around it: topics under a prefix of their own, keys, a secret. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>
  /**
   * A key of each role; of the role `field` also one whose time is over, a renewed one of the same subject, and one of a
   * neighbour.
   */
  readonly accessKeys: Readonly<Record<Role | 'expired' | 'renewed' | 'neighbour', string>>
}

const makeKey = (
  id: string,
  role: Role,
  { expiresAt = '2090-01-01T00:00:00Z', subject = `subject-${id}` } = {},
) => newAccessKey({ id, subject, role, expiresAt })

/** Keys, a secret and a prefix; the topics are made by `makeTopics`, which needs the broker. */
export const makeSurroundings = (brokers: string): Surroundings => {
  const made = {
    field: makeKey('field', 'field'),
    analyst: makeKey('analyst', 'analyst'),
    operator: makeKey('operator', 'operator'),
    expired: makeKey('expired', 'field', { expiresAt: '2005-10-25T00:00:00Z' }),
    renewed: makeKey('renewed', 'field', { subject: 'subject-field' }),
    neighbour: makeKey('neighbour', 'field'),
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'intake-test-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const keysFile = path.join(folder, 'keys.json')
  const secretFile = path.join(folder, 'secret')
  writeFileSync(keysFile, JSON.stringify(Object.values(made).map(({ entry }) => entry)))
  writeFileSync(secretFile, newSecret())
  return {
    env: {
      KAFKA_BROKERS: brokers,
      KAFKA_TOPIC_PREFIX: `intake-${randomUUID()}.`,
      KEYS_FILE: keysFile,
      SECRET_FILE: secretFile,
      ATLAS_PUBLIC_URL: 'http://atlas.example/',
      INTAKE_PORT: '0',
    },
    accessKeys: {
      field: made.field.key,
      analyst: made.analyst.key,
      operator: made.operator.key,
      expired: made.expired.key,
      renewed: made.renewed.key,
      neighbour: made.neighbour.key,
    },
  }
}

export const makeTopics = async ({ env }: Surroundings): Promise<void> => {
  const admin = await openAdmin({ brokers: env['KAFKA_BROKERS'] ?? '', clientId: 'intake-test', log })
  await admin.ensureTopics(topicSpecifications(env['KAFKA_TOPIC_PREFIX'] ?? '', PARTITIONS))
  await admin.close()
}

export interface OpenedIntake {
  readonly url: string
  readonly close: () => Promise<void>
}

/** Intake as `main.ts` puts it together, on a free port. */
export const openIntake = async ({ env }: Surroundings): Promise<OpenedIntake> => {
  const steps: (() => Promise<void> | void)[] = []
  const address = await startIntake(readIntakeConfig(env), {
    telemetry: createTelemetry('intake', 'silent'),
    onStop: (_name, step) => steps.push(step),
    graceOver: new AbortController().signal,
    fail: (error) => {
      throw error
    },
  })
  return {
    url: address,
    close: async () => {
      for (const step of steps.toReversed()) await step()
    },
  }
}

/** Asks until the answer is yes. @throws Error when it is not within 40 s. */
export const until = async (what: string, condition: () => Promise<boolean> | boolean): Promise<void> => {
  const deadline = performance.now() + WAIT_MS_MAX
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${WAIT_MS_MAX} ms`)
    await delay(50)
  }
}

/** What a consumer reads of the topic `reports`. */
export interface ReportsReader {
  readonly events: readonly unknown[]
  readonly close: () => Promise<void>
}

/** Reads the topic from its beginning on. */
export const readReports = async ({ env }: Surroundings): Promise<ReportsReader> => {
  const events: unknown[] = []
  const consumer = await startConsumer({
    brokers: env['KAFKA_BROKERS'] ?? '',
    clientId: 'intake-test',
    log,
    groupId: `intake-test-${randomUUID()}`,
    topics: [topicName(env['KAFKA_TOPIC_PREFIX'] ?? '', 'reports')],
    partitionsAtOnce: 1,
    fetchBytesMax: 5_000_000,
    graceOver: new AbortController().signal,
    onBatch: async ({ records, commit }) => {
      events.push(...records.map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as unknown))
      const last = records.at(-1)
      if (last !== undefined) await commit(last)
    },
    onCrash: (error) => {
      throw error
    },
  })
  return { events, close: consumer.stop }
}
