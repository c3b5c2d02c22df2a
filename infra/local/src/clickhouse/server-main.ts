import { once } from 'node:events'
import { readServerConfig } from './config.ts'
import { openEngine } from './engine.ts'
import { createHttpServer } from './http-server.ts'

/** Serves until it is asked to end; then answers what is under way, and closes the data directory. */
async function serve(): Promise<void> {
  const config = readServerConfig()
  const engine = openEngine(config.dataDir)
  const server = createHttpServer({ engine, users: config.users })
  const interrupted = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  await once(server.listen(config.port, '127.0.0.1'), 'listening')
  console.log(`ClickHouse ${engine.version} listens on 127.0.0.1:${config.port}, data in ${config.dataDir}`)
  await interrupted
  // Connections without a request are closed at once.
  server.close()
  server.closeIdleConnections()
  await once(server, 'close')
  await engine.close()
}

try {
  await serve()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
