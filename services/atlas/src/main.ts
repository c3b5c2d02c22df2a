import { openClickHouse } from '@baqylau/clickhouse'
import { listen, openKeyRing, readKeys, runService } from '@baqylau/service-kit'
import { openClickHouseArchive } from './adapters/clickhouse-archive.ts'
import { createAtlasServer } from './adapters/http-server.ts'
import { createAtlas } from './app.ts'
import { loadConfig } from './config.ts'
import { trustedProxiesOf } from './adapters/trusted-proxies.ts'

await runService('atlas', async ({ telemetry, onStop }) => {
  const config = loadConfig()
  const secrets = readKeys(config.SECRET_FILE)
  const keys = openKeyRing(config.KEYS_FILE, (error) =>
    telemetry.log.error({ err: error }, 'the keys of before hold'),
  )

  const clickhouse = openClickHouse({
    url: config.CLICKHOUSE_URL,
    user: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    requestMsMax: (config.ATLAS_QUERY_SECONDS_MAX + 5) * 1000,
  })
  onStop('clickhouse', () => clickhouse.close())
  const archive = openClickHouseArchive(clickhouse, config.ATLAS_QUERY_SECONDS_MAX)

  const server = await createAtlasServer({
    atlas: createAtlas({
      archive,
      receiptCheckKey: secrets.receipts.check,
      rowsMax: config.ATLAS_ROWS_MAX,
    }),
    keys,
    sessionKey: secrets.sessions,
    lookupsPerMinute: config.ATLAS_LOOKUPS_PER_MINUTE,
    trustedProxies: trustedProxiesOf(config.ATLAS_TRUSTED_PROXIES),
    health: { alive: () => undefined, ready: { clickhouse: archive.missing } },
    telemetry,
  })
  onStop('http', () => server.close())
  const address = await listen(server, config.ATLAS_PORT, 'ATLAS_PORT')
  telemetry.log.info({ address }, 'atlas is listening')
})
