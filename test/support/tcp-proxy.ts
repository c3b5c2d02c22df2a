import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What the proxy does with connections.
 * - `pass`: nothing at all.
 * - `delay`: every piece, in both directions, arrives so much later.
 * - `refuse`: whoever connects is reset at once.
 * - `lose_answers`: requests arrive, and at the moment when the server answers, the client's connection is reset.
 * - `keep_silent`: the same, but the client hears nothing, until it gives up or the proxy is told to do something else.
 */
export type ProxyConduct =
  | { readonly kind: 'pass' | 'refuse' | 'lose_answers' | 'keep_silent' }
  | { readonly kind: 'delay'; readonly delayMs: number }

/** A TCP proxy on 127.0.0.1 before one server, which does harm when it is told to. */
export interface TcpProxy {
  readonly port: number
  /** From now on, for open connections and new ones. A connection that lost something cannot go on, and is reset. */
  readonly conduct: (conduct: ProxyConduct) => void
  /** Resets every open connection; new ones are let through as before. Returns how many they were. */
  readonly cut: () => number
  /** Connections that had an answer taken from them so far. */
  readonly answersLost: () => number
  /** Pieces that were delayed so far, in both directions. */
  readonly delayed: () => number
  readonly close: () => Promise<void>
}

interface Link {
  readonly client: Socket
  readonly server: Socket
  hasLost: boolean
}

/** Past this, a side that does not read makes the other wait. */
const BUFFERED_BYTES_MAX = 1_000_000

const reset = ({ client, server }: Link): void => {
  for (const socket of [client, server]) {
    socket.resetAndDestroy()
    // Which alone would first wait until the other side has read everything.
    socket.destroy()
  }
}

/** Sends on what comes from one side, in order, each piece when it is let through; and that the side is gone. */
const relay = (from: Socket, to: Socket, letThrough: () => Promise<boolean>): void => {
  let last = Promise.resolve()
  const passOn = async (before: Promise<void>, piece: Buffer): Promise<void> => {
    const [passes] = await Promise.all([letThrough(), before])
    if (!passes || !to.writable) return
    if (!to.write(piece) && to.writableLength > BUFFERED_BYTES_MAX) from.pause()
  }
  const afterwards = async (work: () => void): Promise<void> => {
    await last
    work()
  }
  from.on('data', (piece: Buffer) => {
    last = passOn(last, piece)
  })
  to.on('drain', () => from.resume())
  from.on('end', () => void afterwards(() => to.end()))
  // A reset is passed on as one. The error itself says nothing that "close" does not.
  from.on('error', () => to.resetAndDestroy())
  // A side that was made to wait would never notice by itself that the other has gone.
  from.on('close', () => void afterwards(() => to.destroySoon()))
}

/** Opens a proxy before a server on 127.0.0.1. Port 0, the default, is any free one. */
export const openTcpProxy = async (serverPort: number, port = 0): Promise<TcpProxy> => {
  const links = new Set<Link>()
  let conduct: ProxyConduct = { kind: 'pass' }
  let answersLost = 0
  let delayed = 0

  const wait = async (): Promise<boolean> => {
    if (conduct.kind !== 'delay') return true
    delayed += 1
    return sleep(conduct.delayMs, true)
  }
  const answer = (link: Link): Promise<boolean> => {
    if (conduct.kind !== 'lose_answers' && conduct.kind !== 'keep_silent') return wait()
    if (!link.hasLost) answersLost += 1
    link.hasLost = true
    if (conduct.kind === 'lose_answers') reset(link)
    return Promise.resolve(false)
  }
  const accept = (client: Socket): void => {
    if (conduct.kind === 'refuse') {
      client.resetAndDestroy()
      return
    }
    const link: Link = {
      client,
      server: connect({ port: serverPort, host: '127.0.0.1', allowHalfOpen: true }),
      hasLost: false,
    }
    links.add(link)
    client.once('close', () => links.delete(link))
    relay(client, link.server, wait)
    relay(link.server, client, () => answer(link))
  }

  const listener = createServer({ noDelay: true, allowHalfOpen: true }, accept).listen(port, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    conduct: (next) => {
      conduct = next
      for (const link of links) if (link.hasLost) reset(link)
    },
    cut: () => {
      const { size } = links
      for (const link of links) reset(link)
      return size
    },
    answersLost: () => answersLost,
    delayed: () => delayed,
    close: async () => {
      for (const link of links) reset(link)
      listener.close()
      await once(listener, 'close')
    },
  }
}
