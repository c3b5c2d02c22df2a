import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ClickHouse, openClickHouse } from '@baqylau/clickhouse'
import { createTelemetry, newAccessKey, openKeyRing, type Role } from '@baqylau/service-kit'
import type { FastifyInstance } from 'fastify'
import { openClickHouseArchive } from '../adapters/clickhouse-archive.ts'
import { createAtlasServer } from '../adapters/http-server.ts'
import { createAtlas } from '../app.ts'
import { keys } from './land-reports.ts'

export interface OpenedAtlas {
  readonly server: FastifyInstance
  /** As a user who may write, to land reports with. */
  readonly clickhouse: ClickHouse
  /** A key of each role. */
  readonly accessKeys: Readonly<Record<Role, string>>
  readonly close: () => Promise<void>
}

const makeKey = (role: Role) =>
  newAccessKey({ id: `key-${role}`, subject: role, role, expiresAt: '2090-01-01T00:00:00Z' })

const connect = (url: string, user = '', password = ''): ClickHouse =>
  openClickHouse({ url, user, password, requestMsMax: 30_000 })

/** Atlas over the ClickHouse of the environment, or of `url`, as a user who may only read where there is one. */
export const openAtlas = async (
  options: {
    readonly rowsMax?: number
    readonly lookupsPerMinute?: number
    readonly trustedProxies?: readonly string[]
    readonly url?: string
  } = {},
): Promise<OpenedAtlas> => {
  const { CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD } = process.env
  const { CLICKHOUSE_READONLY_USER, CLICKHOUSE_READONLY_PASSWORD } = process.env
  const url = options.url ?? CLICKHOUSE_URL ?? ''
  const clickhouse = connect(url, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD)
  const reading =
    CLICKHOUSE_READONLY_USER === undefined
      ? connect(url, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD)
      : connect(url, CLICKHOUSE_READONLY_USER, CLICKHOUSE_READONLY_PASSWORD)
  const made = { field: makeKey('field'), analyst: makeKey('analyst'), operator: makeKey('operator') }
  const folder = mkdtempSync(path.join(tmpdir(), 'atlas-test-'))
  const file = path.join(folder, 'keys.json')
  writeFileSync(file, JSON.stringify(Object.values(made).map(({ entry }) => entry)))
  const archive = openClickHouseArchive(reading, 20)
  const server = await createAtlasServer({
    atlas: createAtlas({
      archive,
      receiptCheckKey: keys.receipts.check,
      rowsMax: options.rowsMax ?? 50_000,
    }),
    keys: openKeyRing(file, () => undefined),
    sessionKey: keys.sessions,
    lookupsPerMinute: options.lookupsPerMinute ?? 1000,
    trustedProxies: options.trustedProxies ?? [],
    health: { alive: () => undefined, ready: { clickhouse: archive.missing } },
    telemetry: createTelemetry('atlas', 'silent'),
  })
  return {
    server,
    clickhouse,
    accessKeys: { field: made.field.key, analyst: made.analyst.key, operator: made.operator.key },
    close: async () => {
      await server.close()
      await Promise.all([clickhouse.close(), reading.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
