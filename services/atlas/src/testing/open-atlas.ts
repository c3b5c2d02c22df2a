import { mkdtempSync, writeFileSync } from 'node:fs'
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
  readonly clickhouse: ClickHouse
  /** A key of each role. */
  readonly accessKeys: Readonly<Record<Role, string>>
  readonly close: () => Promise<void>
}

const makeKey = (role: Role) =>
  newAccessKey({ id: `key-${role}`, subject: role, role, expiresAt: '2090-01-01T00:00:00Z' })

/** Atlas over the ClickHouse of the environment, or of `url`. */
export const openAtlas = async (
  options: { readonly rowsMax?: number; readonly lookupsPerMinute?: number; readonly url?: string } = {},
): Promise<OpenedAtlas> => {
  const { CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD } = process.env
  const clickhouse = openClickHouse({
    url: options.url ?? CLICKHOUSE_URL ?? '',
    user: CLICKHOUSE_USER ?? '',
    password: CLICKHOUSE_PASSWORD ?? '',
    requestMsMax: 30_000,
  })
  const made = { field: makeKey('field'), analyst: makeKey('analyst'), operator: makeKey('operator') }
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'atlas-test-')), 'keys.json')
  writeFileSync(file, JSON.stringify(Object.values(made).map(({ entry }) => entry)))
  const archive = openClickHouseArchive(clickhouse, 20)
  const server = await createAtlasServer({
    atlas: createAtlas({
      archive,
      receiptCheckKey: keys.receipts.check,
      rowsMax: options.rowsMax ?? 50_000,
    }),
    keys: openKeyRing(file, () => undefined),
    sessionKey: keys.sessions,
    lookupsPerMinute: options.lookupsPerMinute ?? 1000,
    health: { alive: () => undefined, ready: { clickhouse: archive.missing } },
    telemetry: createTelemetry('atlas', 'silent'),
  })
  return {
    server,
    clickhouse,
    accessKeys: { field: made.field.key, analyst: made.analyst.key, operator: made.operator.key },
    close: async () => {
      await server.close()
      await clickhouse.close()
    },
  }
}
