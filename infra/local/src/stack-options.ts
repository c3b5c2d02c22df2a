/** Where servers run already. One that is named is used, and not started. */
export interface ExternalServers {
  /** host:port, with commas between. */
  readonly kafkaBrokers?: string | undefined
  readonly redisUrl?: string | undefined
  readonly clickhouseUrl?: string | undefined
  /** For clickhouseUrl; default `default`. */
  readonly clickhouseUser?: string | undefined
  /** For clickhouseUrl; default none. */
  readonly clickhousePassword?: string | undefined
}

/**
 * A second way into Kafka, for a proxy before it. A broker tells its clients where to come from then on: those that come in
 * by `port` are told `advertisedPort`, which is the proxy's.
 */
export interface KafkaDetour {
  readonly port: number
  readonly advertisedPort: number
}

/** Ports on 127.0.0.1; a free one for each that is left out. */
export interface StackPorts {
  readonly kafka?: number | undefined
  readonly redis?: number | undefined
  readonly clickhouse?: number | undefined
}
