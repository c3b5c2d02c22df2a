import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouse, migrate, openClickHouse } from '@baqylau/clickhouse'
import { startStack } from '@baqylau/infra-local'

export const MIGRATIONS = join(import.meta.dirname, '..', '..', 'infra', 'clickhouse', 'migrations')

export interface OwnClickHouse {
  readonly clickhouse: ClickHouse
  /** As services and commands find it in their environment. */
  readonly env: Readonly<Record<string, string>>
  /** Empties every table that is filled by landing. */
  readonly empty: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A ClickHouse with the project's tables, for tests that look at everything in it, and so can share it with nobody. */
export const startClickHouse = async (): Promise<OwnClickHouse> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-clickhouse-'))
  const stack = await startStack({
    dataDir,
    external: { kafkaBrokers: 'none:1', redisUrl: 'redis://none:1' },
  })
  const { CLICKHOUSE_URL = '', CLICKHOUSE_USER = '', CLICKHOUSE_PASSWORD = '' } = stack.env
  const clickhouse = openClickHouse({
    url: CLICKHOUSE_URL,
    user: CLICKHOUSE_USER,
    password: CLICKHOUSE_PASSWORD,
    requestMsMax: 30_000,
  })
  await migrate(clickhouse, MIGRATIONS)
  const stores = await clickhouse.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = 'baqylau' AND name LIKE '%\\_store' AND name != 'akimats_store'",
  )
  return {
    clickhouse,
    env: { CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD },
    empty: async () => {
      for (const { name } of stores) await clickhouse.command(`TRUNCATE TABLE baqylau.${name}`)
    },
    stop: async () => {
      await clickhouse.close()
      await stack.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
