import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server whose open connections can be made to lead nowhere, as when a machine is gone or a router forgets them. */
export interface ForgetfulWay {
  readonly port: number
  /** From now on nothing comes through what is open, and nobody is told. What is opened then is well. */
  readonly forget: () => void
  readonly close: () => void
}

/** Port 0, the default, is any free one. */
export const openForgetfulWay = async (serverPort: number, port = 0): Promise<ForgetfulWay> => {
  const links: (readonly [Socket, Socket])[] = []
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1')
    client.pipe(server).pipe(client)
    for (const socket of [client, server]) socket.on('error', () => undefined)
    links.push([client, server])
  }).listen(port, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    forget: () => {
      for (const [client, server] of links) {
        client.unpipe(server).resume()
        server.unpipe(client).resume()
      }
    },
    close: () => {
      listener.close()
      for (const socket of links.flat()) socket.destroy()
    },
  }
}
