import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * What becomes of a statement that is watched for. `before`: it never arrives, `after`: it is done and nobody hears of it, and
 * neither do those that follow. `held`: it waits for the release, alone.
 */
export type Fate = 'before' | 'after' | 'held'

export interface ClickHouseWatch {
  readonly url: string
  /** From now on; resolves when a statement like this has come by. */
  readonly watchFor: (statement: RegExp, fate: Fate) => Promise<void>
  readonly release: () => void
  /** Releases what is held, and watches on for another: nothing passes by between. */
  readonly releaseAndWatchFor: (statement: RegExp, fate: Fate) => Promise<void>
  readonly close: () => Promise<void>
}

interface Trap {
  readonly statement: RegExp
  readonly fate: Fate
  readonly sprung: PromiseWithResolvers<void>
  readonly released: PromiseWithResolvers<void>
  hasSprung: boolean
}

/** The statement is a parameter of the address when rows follow, and else the body. */
const statementOf = (url: string, body: Buffer): string =>
  new URL(url, 'http://localhost').searchParams.get('query') ?? body.toString('latin1')

const forward = async (target: string, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> => {
  const { url = '/', method, headers } = incoming
  const forwarded = request(new URL(url, target), { method, headers })
  forwarded.end(body)
  const [response] = (await once(forwarded, 'response')) as [IncomingMessage]
  return response
}

const pass = (response: IncomingMessage, outgoing: ServerResponse): void => {
  outgoing.writeHead(response.statusCode ?? 500, response.headers)
  response.pipe(outgoing)
}

/** An HTTP proxy before a ClickHouse, that stops at a certain statement: for a client that is to be killed there. */
export const watchClickHouse = async (target: string): Promise<ClickHouseWatch> => {
  let trap: Trap | undefined
  const isLost = (): boolean => trap !== undefined && trap.hasSprung && trap.fate !== 'held'
  const springs = (url: string, body: Buffer): boolean =>
    trap !== undefined && !trap.hasSprung && trap.statement.test(statementOf(url, body))

  const spring = async (found: Trap, incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer) => {
    found.hasSprung = true
    if (found.fate === 'after') await buffer(await forward(target, incoming, body))
    found.sprung.resolve()
    if (found.fate !== 'held') return
    await found.released.promise
    pass(await forward(target, incoming, body), outgoing)
  }
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming)
    if (isLost()) return
    if (trap !== undefined && springs(incoming.url ?? '/', body)) await spring(trap, incoming, outgoing, body)
    else pass(await forward(target, incoming, body), outgoing)
  }
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const watchFor = (statement: RegExp, fate: Fate): Promise<void> => {
    const [sprung, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    trap = { statement, fate, sprung, released, hasSprung: false }
    return sprung.promise
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    watchFor,
    release: () => trap?.released.resolve(),
    releaseAndWatchFor: (statement, fate) => {
      const held = trap
      const next = watchFor(statement, fate)
      held?.released.resolve()
      return next
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
