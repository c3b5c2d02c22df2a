import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below Linux's and macOS's ephemeral ports (32768 and 49152 up): what is free now is not taken by some
// outgoing connection before the server that it was picked for listens on it.
const FIRST = 20_000
const LAST = 32_000
const ATTEMPTS_MAX = 200

const handedOut = new Set<number>()

/** A port on 127.0.0.1 that nothing listens on, and that this process was not given before. */
export async function pickFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const port = randomInt(FIRST, LAST)
    if (handedOut.has(port)) continue
    handedOut.add(port)
    if (await isPortFree(port)) return port
  }
  throw new Error(`No free port found between ${FIRST} and ${LAST}.`)
}

/** Whether a server could listen on this port now, on every interface. */
export async function isPortFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = createServer()
  probe.once('error', () => resolve(false))
  probe.listen({ port, host: '0.0.0.0', exclusive: true }, () => probe.close(() => resolve(true)))
  return promise
}
