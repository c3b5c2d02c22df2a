import { once } from 'node:events'
import { readServerConfig } from './config.ts'
import { openEngine } from './engine.ts'
import { createHttpServer } from './http-server.ts'

const config = readServerConfig()
const engine = openEngine(config.dataDir)
const server = createHttpServer({ engine, users: config.users })
const interrupted = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
await once(server.listen(config.port, '127.0.0.1'), 'listening')
console.log(`ClickHouse ${engine.version} listens on 127.0.0.1:${config.port}, data in ${config.dataDir}`)
await interrupted
// Requests under way are answered; connections without one are closed at once.
server.close()
server.closeIdleConnections()
await once(server, 'close')
await engine.close()
