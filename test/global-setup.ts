import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClickHouse, migrate } from '@baqylau/clickhouse'
import { startStack } from '@baqylau/infra-local'

const MIGRATIONS = join(import.meta.dirname, '..', 'infra', 'clickhouse', 'migrations')
const REQUEST_MS_MAX = 30_000

/**
 * One real Kafka, Redis and ClickHouse for all integration tests of a run, on free ports, with the tables made. Tests find
 * them in their environment, and keep apart by topic prefixes and ids of their own.
 */
export async function setup(): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'baqylau-test-'))
  const stack = await startStack({ dataDir })
  Object.assign(process.env, stack.env)
  const clickhouse = openClickHouse({
    url: stack.env['CLICKHOUSE_URL'] ?? '',
    user: stack.env['CLICKHOUSE_USER'] ?? '',
    password: stack.env['CLICKHOUSE_PASSWORD'] ?? '',
    requestMsMax: REQUEST_MS_MAX,
  })
  await migrate(clickhouse, MIGRATIONS)
  await clickhouse.close()
  return async () => {
    await stack.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
