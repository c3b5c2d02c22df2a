import { type Static, Type } from '@sinclair/typebox'
import { BODY_BYTES_MAX } from '@baqylau/contracts'
import { type Environment, Port, readConfig, sharedVariables } from '@baqylau/service-kit'

const { LOG_LEVEL, KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, KEYS_FILE, SECRET_FILE, ATLAS_PUBLIC_URL } =
  sharedVariables
const MEBIBYTE = 1_048_576
/** At least one body of the largest size. */
const Bytes = (fallback: number) =>
  Type.Integer({ minimum: BODY_BYTES_MAX, maximum: 1024 * MEBIBYTE, default: fallback })

const IntakeVariables = Type.Object({
  LOG_LEVEL,
  KAFKA_BROKERS,
  KAFKA_TOPIC_PREFIX,
  KEYS_FILE,
  SECRET_FILE,
  ATLAS_PUBLIC_URL,
  INTAKE_PORT: Port(8080),
  /** How long one write to the event log may take before the sender is told to come back. */
  INTAKE_SEND_MS_MAX: Type.Integer({ minimum: 100, maximum: 60_000, default: 5000 }),
  /** Events that wait to be written. Past it: 503. */
  INTAKE_PENDING_BYTES_MAX: Bytes(32 * MEBIBYTE),
  /** Bodies of requests with a key that are in hand, unpacked. Past it: 503. */
  INTAKE_BODIES_BYTES_MAX: Bytes(64 * MEBIBYTE),
})
export type IntakeConfig = Static<typeof IntakeVariables>

/** @throws AppError `invalid_configuration` that names every fault at once. */
export const readIntakeConfig = (env: Environment = process.env): IntakeConfig =>
  readConfig(IntakeVariables, 'INTAKE_', env)
