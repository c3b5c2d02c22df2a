import { type Random, randomFrom } from './random.ts'

export const SERVICES = ['intake', 'dispatcher', 'enricher', 'lander', 'atlas'] as const
export type ServiceName = (typeof SERVICES)[number]
export const SERVERS = ['kafka', 'redis', 'clickhouse'] as const
export type ServerName = (typeof SERVERS)[number]

/** One harm. `seconds` is how long it goes on. */
export type Fault =
  | { readonly kind: 'kill'; readonly target: ServiceName | ServerName }
  | { readonly kind: 'pause'; readonly target: ServiceName | ServerName; readonly seconds: number }
  | { readonly kind: 'wipe_redis' | 'add_enricher' | 'remove_enricher' }
  | { readonly kind: 'cut'; readonly target: ServerName }
  | {
      readonly kind: 'delay'
      readonly target: ServerName
      readonly seconds: number
      readonly delayMs: number
    }
  | { readonly kind: 'lose_answers' | 'keep_silent'; readonly target: ServerName; readonly seconds: number }

/** A fault, and how long after the beginning of its stretch it begins. */
export interface PlannedFault {
  readonly fault: Fault
  readonly afterSeconds: number
}

/** What is done while one stretch of reports is sent: mostly one fault, sometimes two at once. */
export type Stretch = readonly PlannedFault[]

const PAUSE_SECONDS_MAX = 5
const PROXY_SECONDS_MAX = 3
const DELAYS_MS = [50, 200, 500] as const
const AT_ONCE = 0.25

const seconds = (random: Random, max: number): number => 1 + random.below(max)

const connectionFaults = (random: Random): readonly Fault[] =>
  SERVERS.flatMap((target): readonly Fault[] => [
    { kind: 'cut', target },
    {
      kind: 'delay',
      target,
      seconds: seconds(random, PROXY_SECONDS_MAX),
      delayMs: random.pick(DELAYS_MS),
    },
    { kind: 'lose_answers', target, seconds: seconds(random, PROXY_SECONDS_MAX) },
    { kind: 'keep_silent', target, seconds: seconds(random, PROXY_SECONDS_MAX) },
  ])

const pause = (target: ServiceName | ServerName, random: Random): Fault => ({
  kind: 'pause',
  target,
  seconds: seconds(random, PAUSE_SECONDS_MAX),
})

/** How many faults of `planFaults` hold one of each kind. */
export const KINDS_OF_FAULTS = 20

/** Every fault there is, once. The first `KINDS_OF_FAULTS` are one of each kind. */
const deck = (random: Random): readonly Fault[] => {
  const [service, ...otherServices] = random.shuffled<ServiceName>(SERVICES)
  const [paused, ...otherPaused] = random.shuffled<ServiceName | ServerName>([...SERVICES, ...SERVERS])
  const kill = (target: ServiceName | ServerName): Fault => ({ kind: 'kill', target })
  const first = [
    ...connectionFaults(random),
    ...SERVERS.map(kill),
    ...(service === undefined ? [] : [kill(service)]),
    ...(paused === undefined ? [] : [pause(paused, random)]),
    ...(['wipe_redis', 'add_enricher', 'remove_enricher'] as const).map((kind) => ({ kind })),
  ]
  const others = [...otherServices.map(kill), ...otherPaused.map((target) => pause(target, random))]
  return [...random.shuffled(first), ...random.shuffled(others)]
}

/** What is removed was added before: where it was not, the two change places. */
const addBeforeRemove = (faults: readonly Fault[]): readonly Fault[] => {
  let added = 0
  return faults.map(({ kind, ...rest }): Fault => {
    if (kind !== 'add_enricher' && kind !== 'remove_enricher') return { kind, ...rest } as Fault
    added = added === 0 ? 1 : 0
    return { kind: added === 1 ? 'add_enricher' : 'remove_enricher' }
  })
}

const targetOf = (fault: Fault): string => ('target' in fault ? fault.target : fault.kind)

/** Begins a new stretch with the fault, or puts it beside the one before, on another target. */
const place = (stretches: readonly Stretch[], fault: Fault, random: Random): readonly Stretch[] => {
  const last = stretches.at(-1)
  const planned = { fault, afterSeconds: random.below(8) / 10 }
  const fits = last?.length === 1 && last.every((other) => targetOf(other.fault) !== targetOf(fault))
  return fits && random.chance(AT_ONCE)
    ? [...stretches.slice(0, -1), [...last, planned]]
    : [...stretches, [planned]]
}

/** The faults of a run, in an order that follows from the seed alone. After one of each, some come two at a time. */
export const planFaults = (seed: number, count: number): readonly Stretch[] => {
  const random = randomFrom(seed, count)
  const faults: Fault[] = []
  while (faults.length < count) faults.push(...deck(random))
  let stretches: readonly Stretch[] = []
  for (const [index, fault] of addBeforeRemove(faults.slice(0, count)).entries()) {
    stretches =
      index < KINDS_OF_FAULTS
        ? [...stretches, [{ fault, afterSeconds: random.below(8) / 10 }]]
        : place(stretches, fault, random)
  }
  return stretches
}

/** When the last fault of a stretch is over, in seconds after its beginning. */
export const secondsOf = (stretch: Stretch): number =>
  Math.max(
    0,
    ...stretch.map(({ fault, afterSeconds }) => afterSeconds + ('seconds' in fault ? fault.seconds : 0)),
  )

/** As it is told: `pause lander for 3 s`. */
export const describeFault = (fault: Fault): string =>
  [
    fault.kind.replaceAll('_', ' '),
    ...('target' in fault ? [fault.target] : []),
    ...('delayMs' in fault ? [`by ${fault.delayMs} ms`] : []),
    ...('seconds' in fault ? [`for ${fault.seconds} s`] : []),
  ].join(' ')
