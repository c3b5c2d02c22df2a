import { type Static, Type } from '@sinclair/typebox'
import { DateTime, Line, OneOf, Uuid } from '../formats.ts'
import { ERRORS, type ErrorCode } from '../errors.ts'
import { ExtensionAttribute } from './envelope.ts'

export const DEAD_LETTER_TYPE = 'kz.baqylau.event.dead-lettered.v1'

/** Steps that give up on a message. */
export const DEAD_LETTER_STEPS = ['dispatcher', 'enricher', 'lander'] as const
export type DeadLetterStep = (typeof DEAD_LETTER_STEPS)[number]

/** A payload over this stays where it is, in the log: the dead letter names its position. */
export const DEAD_LETTER_PAYLOAD_BYTES_MAX = 1_048_576

/** Base64 of the payload, or null. */
const Payload = Type.Union([
  Type.String({ maxLength: Math.ceil(DEAD_LETTER_PAYLOAD_BYTES_MAX / 3) * 4 }),
  Type.Null(),
])

export const LogPartition = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })
export const LogOffset = Type.String({ pattern: '^[0-9]{1,19}$' })

export const DEAD_LETTER_ATTEMPTS_MAX = 1_000_000
export const DeadLetterAttempts = Type.Integer({ minimum: 1, maximum: DEAD_LETTER_ATTEMPTS_MAX })

/** One message that a step gave up on: where it is in the log, and why. `subject` is its position in words. */
export const EventDeadLettered = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Uuid,
    type: Type.Literal(DEAD_LETTER_TYPE),
    source: Line(100),
    time: DateTime,
    subject: Line(300),
    datacontenttype: Type.Literal('application/json'),
    data: Type.Object(
      {
        step: OneOf(DEAD_LETTER_STEPS),
        topic: Line(249),
        partition: LogPartition,
        offset: LogOffset,
        reason: OneOf(Object.keys(ERRORS) as readonly ErrorCode[]),
        detail: Line(1000),
        attempts: DeadLetterAttempts,
        firstAt: DateTime,
        lastAt: DateTime,
        payload: Payload,
      },
      { additionalProperties: false },
    ),
  },
  { title: DEAD_LETTER_TYPE, additionalProperties: ExtensionAttribute },
)
export type EventDeadLettered = Static<typeof EventDeadLettered>
