import { type TProperties, type TSchema, Type } from '@sinclair/typebox'
import { DateTime, Line, Sha256, Text, Uuid } from '../formats.ts'
import { REVISION_MAX } from '../report/report.ts'

/** The lasting subject of the key or session that sent the report. */
export const Author = Line(100)

/** The members of every event about a report: CloudEvents 1.0, structured JSON, with our extension attributes. */
const envelopeProperties = {
  specversion: Type.Literal('1.0'),
  id: Uuid,
  source: Line(100),
  /** When intake received the report (ISO 8601, UTC). Carried unchanged by what is made of it. */
  time: DateTime,
  /** The report id. */
  subject: Uuid,
  datacontenttype: Type.Literal('application/json'),
  author: Author,
  revision: Type.Integer({ minimum: 1, maximum: REVISION_MAX }),
  contenthash: Sha256,
  receipthash: Sha256,
  /** The id of the access key that it came with. Absent from what was made of it, and from events of before there was one. */
  keyid: Type.Optional(Line(100)),
} as const

/**
 * What an extension attribute may be: the types of CloudEvents 1.0, section 3.1; null is the same as absent. Anything else
 * might be JSON to us and none to ClickHouse, which would then land an empty row without a word: a lone surrogate, 1e400,
 * arrays a thousand deep.
 */
export const ExtensionAttribute = Type.Union([
  Type.Boolean(),
  Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 }),
  Text(1000),
  Type.Null(),
])

/**
 * The schema of an event. CloudEvents allows further extension attributes (`traceparent`, say), so unknown members of the
 * envelope pass; unknown members of `data` do not.
 */
export const eventOf = <Name extends string, Data extends TSchema, Extensions extends TProperties>(
  type: Name,
  data: Data,
  extensions: Extensions,
) =>
  Type.Object(
    { ...envelopeProperties, type: Type.Literal(type), ...extensions, data },
    { title: type, additionalProperties: ExtensionAttribute },
  )

/** Where sealed personal data will say by which key it is sealed. `none`: it is not. */
export const Sealing = Type.Literal('none')
