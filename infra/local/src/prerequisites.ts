import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { canInstallDebianPackages, installDebianPackages, isOnPath } from './debian-packages.ts'
import { hasKafkaLibraries } from './kafka-libraries.ts'
import { isPortFree } from './ports.ts'
import type { StackPorts } from './stack-options.ts'

/** Which servers are to be started here. */
export interface StackNeeds {
  readonly kafka: boolean
  readonly redis: boolean
  readonly clickhouse: boolean
}

/** A port that something is to listen on, as it is called, and the variable that sets it. */
export interface PortNeed {
  readonly title: string
  readonly variable: string
  readonly port: number
}

/** Something that this machine lacks. */
export type Prerequisite =
  | { readonly kind: 'program'; readonly program: Program }
  | ({ readonly kind: 'port' } & PortNeed)
  | { readonly kind: 'engine'; readonly platform: string }

type Program = 'java' | 'mvn' | 'redis-server'

interface ProgramFacts {
  readonly title: string
  readonly debian: string
  readonly homebrew: string
  readonly instead: string
}

// Kafka 4's broker needs Java 17 (https://kafka.apache.org/41/documentation.html#java).
const JAVA_VERSION_MIN = 17
const PROGRAMS: Readonly<Record<Program, ProgramFacts>> = {
  java: {
    title: `Java ${JAVA_VERSION_MIN} or later (the command java), for Kafka`,
    debian: 'openjdk-17-jre-headless',
    homebrew: 'openjdk@17',
    instead: 'KAFKA_BROKERS=host:port',
  },
  mvn: {
    title: 'Maven (the command mvn), to fetch Kafka',
    debian: 'maven',
    homebrew: 'maven',
    instead: 'KAFKA_BROKERS=host:port',
  },
  'redis-server': {
    title: 'Redis (the command redis-server)',
    debian: 'redis-server',
    homebrew: 'redis',
    instead: 'REDIS_URL=redis://host:port',
  },
}
const SERVERS = {
  kafka: { title: 'Kafka', variable: 'KAFKA_PORT' },
  redis: { title: 'Redis', variable: 'REDIS_PORT' },
  clickhouse: { title: 'ClickHouse', variable: 'CLICKHOUSE_PORT' },
} as const satisfies Record<keyof StackNeeds, Omit<PortNeed, 'port'>>

/**
 * Sees that everything the servers need is here. As root on Debian, missing programs are installed.
 *
 * @throws Error that names all that is missing, and how to get each.
 */
export async function ensurePrerequisites(options: {
  readonly needs: StackNeeds
  readonly ports: StackPorts
  /** Ports that others than the three servers need, so that all that is in the way is said at once. */
  readonly otherPorts: readonly PortNeed[]
  readonly onProgress: (line: string) => void
}): Promise<void> {
  const portNeeds = [...serverPorts(options.needs, options.ports), ...options.otherPorts]
  const missing = await findMissing(options.needs, portNeeds)
  const programs = missing.flatMap((prerequisite) =>
    prerequisite.kind === 'program' ? [prerequisite.program] : [],
  )
  // What a person has to put right first is said before anything is installed.
  const canInstall = programs.length === missing.length && canInstallDebianPackages()
  if (programs.length > 0 && canInstall) {
    await installDebianPackages(
      programs.map((program) => PROGRAMS[program].debian),
      options.onProgress,
    )
    const still = await findMissing(options.needs, portNeeds)
    if (still.length > 0) throw new Error(describeMissing(still))
    return
  }
  if (missing.length > 0) throw new Error(describeMissing(missing))
}

/** One message for all of it. */
export function describeMissing(missing: readonly Prerequisite[]): string {
  const programs = missing.flatMap((one) => (one.kind === 'program' ? [PROGRAMS[one.program]] : []))
  const installation =
    programs.length === 0
      ? []
      : [
          '',
          `  On Debian and Ubuntu: sudo apt-get install ${programs.map(({ debian }) => debian).join(' ')}`,
          `  On macOS: brew install ${programs.map(({ homebrew }) => homebrew).join(' ')}`,
        ]
  return [
    'The stack cannot start here:',
    ...missing.map((one) => `  - ${describeOne(one)}`),
    ...installation,
  ].join('\n')
}

function describeOne(missing: Prerequisite): string {
  if (missing.kind === 'program') {
    const { title, instead } = PROGRAMS[missing.program]
    return `${title}, is not here. Install it, or set ${instead} to use one that runs elsewhere.`
  }
  if (missing.kind === 'port') {
    const { title, variable, port } = missing
    return `${title}'s port ${port} is in use. Stop what listens there, or set ${variable} to another.`
  }
  return `The ClickHouse engine has no build for ${missing.platform}, or it was not installed. Set CLICKHOUSE_URL=http://host:port to use one that runs elsewhere.`
}

async function findMissing(needs: StackNeeds, ports: readonly PortNeed[]): Promise<readonly Prerequisite[]> {
  const programs = await missingPrograms(needs)
  const engine: readonly Prerequisite[] =
    needs.clickhouse && !hasEngine()
      ? [{ kind: 'engine', platform: `${process.platform} on ${process.arch}` }]
      : []
  return [...programs, ...engine, ...(await takenPorts(ports))]
}

async function missingPrograms(needs: StackNeeds): Promise<readonly Prerequisite[]> {
  const missing: Program[] = []
  if (needs.kafka && !(await hasJava())) missing.push('java')
  if (needs.kafka && !hasKafkaLibraries() && !isOnPath('mvn')) missing.push('mvn')
  if (needs.redis && !isOnPath('redis-server')) missing.push('redis-server')
  return missing.map((program) => ({ kind: 'program', program }))
}

function serverPorts(needs: StackNeeds, ports: StackPorts): readonly PortNeed[] {
  return (['kafka', 'redis', 'clickhouse'] as const).flatMap((server) => {
    const port = ports[server]
    return needs[server] && port !== undefined ? [{ ...SERVERS[server], port }] : []
  })
}

async function takenPorts(needs: readonly PortNeed[]): Promise<readonly Prerequisite[]> {
  const taken: Prerequisite[] = []
  for (const need of needs) {
    if (!(await isPortFree(need.port))) taken.push({ kind: 'port', ...need })
  }
  return taken
}

async function hasJava(): Promise<boolean> {
  if (!isOnPath('java')) return false
  try {
    const { stderr } = await promisify(execFile)('java', ['-version'])
    return javaVersion(stderr) >= JAVA_VERSION_MIN
  } catch {
    // macOS has a `java` that only says that there is none.
    return false
  }
}

/** The feature release in what `java -version` prints: 17 for "17.0.15", 8 for "1.8.0_402"; 0 when there is none. */
export function javaVersion(printed: string): number {
  const [, first = '0', second = '0'] = /version "(\d+)(?:\.(\d+))?/.exec(printed) ?? []
  return Number(first === '1' ? second : first)
}

function hasEngine(): boolean {
  try {
    return existsSync(createRequire(createRequire(import.meta.url).resolve('chdb')).resolve(enginePackage()))
  } catch {
    return false
  }
}

function enginePackage(): string {
  const libc = process.platform === 'linux' ? '-gnu' : ''
  return `@chdb/lib-${process.platform}-${process.arch}${libc}`
}
