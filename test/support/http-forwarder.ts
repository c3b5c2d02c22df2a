import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** When the next `POST` is answered 503: before the server has heard of it, or after it has done what was asked. */
export type Refusal = 'before' | 'after'

/** Forwards HTTP to a server on 127.0.0.1, as a reverse proxy does, and answers 503 itself when it is told to. */
export interface HttpForwarder {
  readonly url: string
  /** The next insert is answered 503, once. */
  readonly refuseNext: (when: Refusal) => void
  /** How many inserts were answered 503 so far. */
  readonly refused: () => number
  readonly close: () => Promise<void>
}

const INSERT = /INSERT(%20|\+)INTO/i

const refuse = (response: ServerResponse): void => {
  response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>503 Service Unavailable</h1>')
}

export const openHttpForwarder = async (serverUrl: string): Promise<HttpForwarder> => {
  const { port } = new URL(serverUrl)
  let next: Refusal | undefined
  let refused = 0

  const takeRefusal = ({ url }: IncomingMessage): Refusal | undefined => {
    if (next === undefined || !INSERT.test(url ?? '')) return undefined
    const refusal = next
    next = undefined
    refused += 1
    return refusal
  }
  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    const refusal = takeRefusal(incoming)
    if (refusal === 'before') {
      incoming.resume()
      incoming.once('end', () => refuse(response))
      return
    }
    const { method, url, headers } = incoming
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      if (refusal === 'after') {
        answer.resume()
        answer.once('end', () => refuse(response))
        return
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.once('error', () => response.destroy())
    incoming.pipe(outgoing)
  }

  const server = createServer(forward).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuseNext: (when) => {
      next = when
    },
    refused: () => refused,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
