import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensureKafkaLibraries } from './kafka-libraries.ts'
import { type ManagedProcess, startProcess } from './managed-process.ts'
import { pickFreePort } from './ports.ts'
import type { KafkaDetour } from './stack-options.ts'
import { answersWith } from './tcp-probe.ts'

const LOGGING = join(import.meta.dirname, '..', 'kafka', 'log4j2.yaml')
const HEAP_MAX = '-Xmx512m'
// A broker on two cores is ready in half the time without the optimising compiler and the parallel collectors.
const FAST_START = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
const READY_WITHIN_MS = 60_000
const FORMAT_WITHIN_MS = 60_000

/**
 * One Kafka in KRaft mode, broker and controller in one process, on 127.0.0.1. Its log is in <dataDir>/kafka and
 * survives restarts, on another port too.
 */
export async function startKafka(options: {
  readonly dataDir: string
  readonly port: number
  readonly detour?: KafkaDetour | undefined
  readonly restartsOnExit?: boolean
  readonly onProgress: (line: string) => void
}): Promise<ManagedProcess> {
  const libraries = await ensureKafkaLibraries(options.onProgress)
  const folder = join(options.dataDir, 'kafka')
  mkdirSync(folder, { recursive: true })
  const log = join(folder, 'log')
  const controllerPort = await pickFreePort()
  const properties = join(folder, 'server.properties')
  if (!existsSync(log)) await formatLog({ folder, log, libraries })
  writeFileSync(properties, serverProperties({ ...options, log, controllerPort }))
  return startProcess({
    name: 'Kafka',
    command: ['java', ...javaOptions(libraries), 'kafka.Kafka', properties],
    logFile: join(options.dataDir, 'logs', 'kafka.log'),
    isReady: async () => answersWith(options.port, API_VERSIONS_REQUEST, isApiVersionsAnswer),
    readyWithinMs: READY_WITHIN_MS,
    restartsOnExit: options.restartsOnExit ?? false,
    onProgress: options.onProgress,
  })
}

/** Gives the log its cluster id. Renamed into place at the end: one that was interrupted is done again. */
async function formatLog(paths: {
  readonly folder: string
  readonly log: string
  readonly libraries: string
}): Promise<void> {
  const unfinished = join(paths.folder, 'log.unfinished')
  const properties = join(paths.folder, 'format.properties')
  rmSync(unfinished, { recursive: true, force: true })
  writeFileSync(properties, serverProperties({ log: unfinished, port: 1, controllerPort: 2 }))
  const command = ['kafka.tools.StorageTool', 'format', '-t', newClusterId(), '-c', properties]
  await promisify(execFile)('java', [...javaOptions(paths.libraries), ...command], {
    timeout: FORMAT_WITHIN_MS,
  })
  renameSync(unfinished, paths.log)
  rmSync(properties)
}

function javaOptions(libraries: string): readonly string[] {
  return [HEAP_MAX, ...FAST_START, `-Dlog4j2.configurationFile=${LOGGING}`, '-cp', join(libraries, '*')]
}

/** As Kafka makes its own: 16 random bytes, base64url, never beginning like an option of a command. */
function newClusterId(): string {
  return `b${randomBytes(16).toString('base64url').slice(1, 21)}A`
}

function serverProperties(at: {
  readonly log: string
  readonly port: number
  readonly controllerPort: number
  readonly detour?: KafkaDetour | undefined
}): string {
  const { detour } = at
  const properties: Readonly<Record<string, string | number | boolean>> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${at.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: addresses({ PLAINTEXT: at.port, CONTROLLER: at.controllerPort, DETOUR: detour?.port }),
    'advertised.listeners': addresses({ PLAINTEXT: at.port, DETOUR: detour?.advertisedPort }),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,DETOUR:PLAINTEXT',
    'log.dirs': at.log,
    // Topics are made on purpose, with their partitions and retention; a misspelt name is an error.
    'auto.create.topics.enable': false,
    // Consumers of a stack that starts as a whole need not wait for others to join.
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // A broker that was killed is let in again only when its session is over, by default after 9 s.
    'broker.session.timeout.ms': 4_000,
    'broker.heartbeat.interval.ms': 1_000,
    // The default of 128 MB is for brokers with far more to compact than offsets.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** Listeners as Kafka's properties have them, less those without a port. */
function addresses(ports: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(ports)
    .filter(([, port]) => port !== undefined)
    .map(([listener, port]) => `${listener}://127.0.0.1:${port}`)
    .join(',')
}

// ApiVersions, version 0 (https://kafka.apache.org/protocol#The_Messages_ApiVersions): the one request that every
// broker answers. Size, key 18, version 0, correlation id, and no client id.
const CORRELATION_ID = 1_905
const API_VERSIONS_REQUEST = Buffer.from([
  0,
  0,
  0,
  10,
  0,
  18,
  0,
  0,
  0,
  0,
  CORRELATION_ID >> 8,
  CORRELATION_ID & 255,
  255,
  255,
])

function isApiVersionsAnswer(answer: Buffer): boolean {
  return answer.length >= 10 && answer.readInt32BE(4) === CORRELATION_ID && answer.readInt16BE(8) === 0
}
