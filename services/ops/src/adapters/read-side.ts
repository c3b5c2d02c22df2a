import { type ClickHouse, openClickHouse } from '@baqylau/clickhouse'
import type { MigrateConfig } from '../config.ts'

/** Counting over everything, without an index, may take its time. */
const REQUEST_MS_MAX = 60_000

/** Opens ClickHouse for the time of `work`. */
export const withClickHouse = async <Result>(
  { CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD }: MigrateConfig,
  work: (clickhouse: ClickHouse) => Promise<Result>,
  requestMsMax = REQUEST_MS_MAX,
): Promise<Result> => {
  const clickhouse = openClickHouse({
    url: CLICKHOUSE_URL,
    user: CLICKHOUSE_USER,
    password: CLICKHOUSE_PASSWORD,
    requestMsMax,
  })
  try {
    return await work(clickhouse)
  } finally {
    await clickhouse.close()
  }
}
