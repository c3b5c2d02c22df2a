import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts'

const heard: string[] = []
const served = new Set<Socket>()
let server: Server

// Answers every piece with the same in capitals, and remembers what it heard.
beforeAll(async () => {
  server = createServer((socket) => {
    served.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      heard.push(piece.toString())
      socket.write(piece.toString().toUpperCase())
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

const open = async (): Promise<TcpProxy> => {
  const proxy = await openTcpProxy((server.address() as AddressInfo).port)
  onTestFinished(proxy.close)
  return proxy
}

const dial = (port: number): Socket => {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  return socket
}

const join = async ({ port }: TcpProxy): Promise<Socket> => {
  const socket = dial(port)
  await once(socket, 'connect')
  return socket
}

/** Resolves also where an error came before. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('close', () => resolve())
  })

const ask = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  return answer.toString()
}

it('passes on what both sides say, and that one hung up', async () => {
  const socket = await join(await open())
  expect(await ask(socket, 'one')).toBe('ONE')
  expect(await ask(socket, 'two')).toBe('TWO')
  socket.end('bye')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  await closed(socket)
  expect(answer.toString()).toBe('BYE')
})

it('delays both directions, and keeps the order when the delay ends', async () => {
  const proxy = await open()
  const socket = await join(proxy)
  proxy.conduct({ kind: 'delay', delayMs: 100 })
  const startedAt = performance.now()
  expect(await ask(socket, 'slow')).toBe('SLOW')
  expect(performance.now() - startedAt).toBeGreaterThan(190)
  expect(proxy.delayed()).toBe(2)
  socket.write('first ')
  await vi.waitFor(() => expect(socket.bytesWritten).toBe(10))
  proxy.conduct({ kind: 'pass' })
  let said = ''
  socket.on('data', (piece: Buffer) => (said += piece.toString()))
  socket.write('second')
  await vi.waitFor(() => expect(said).toBe('FIRST SECOND'))
})

it('cuts what is open, and lets new ones through', async () => {
  const proxy = await open()
  const sockets = [await join(proxy), await join(proxy)]
  for (const socket of sockets) await ask(socket, 'x')
  const allClosed = Promise.all(sockets.map((socket) => closed(socket)))
  expect(proxy.cut()).toBe(2)
  await allClosed
  expect(await ask(await join(proxy), 'again')).toBe('AGAIN')
})

it('refuses whoever connects until told otherwise', async () => {
  const proxy = await open()
  proxy.conduct({ kind: 'refuse' })
  const socket = dial(proxy.port)
  await closed(socket)
  expect(socket.bytesRead).toBe(0)
  proxy.conduct({ kind: 'pass' })
  expect(await ask(await join(proxy), 'now')).toBe('NOW')
})

it('lets the server do its work and resets the connection instead of the answer', async () => {
  const proxy = await open()
  const socket = await join(proxy)
  proxy.conduct({ kind: 'lose_answers' })
  socket.write('pay')
  await closed(socket)
  expect([heard.at(-1), socket.bytesRead, proxy.answersLost()]).toEqual(['pay', 0, 1])
})

it('keeps an answer to itself, and the connection open, until it does something else', async () => {
  const proxy = await open()
  const socket = await join(proxy)
  proxy.conduct({ kind: 'keep_silent' })
  socket.write('hush')
  await vi.waitFor(() => expect([heard.at(-1), proxy.answersLost()]).toEqual(['hush', 1]))
  expect(socket.destroyed).toBe(false)
  const ended = closed(socket)
  proxy.conduct({ kind: 'pass' })
  await ended
  expect(socket.bytesRead).toBe(0)
})

it('keeps what is said to itself, but not that the server hung up', async () => {
  const proxy = await open()
  const socket = await join(proxy)
  expect(await ask(socket, 'here')).toBe('HERE')
  proxy.conduct({ kind: 'keep_silent' })
  const ended = closed(socket)
  for (const one of served) one.end('bye')
  await ended
  expect(socket.bytesRead).toBe('HERE'.length)
})

it('ends a client whose server is not there', async () => {
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  gone.close()
  const proxy = await openTcpProxy(port)
  onTestFinished(proxy.close)
  const socket = dial(proxy.port)
  await closed(socket)
  expect(socket.bytesRead).toBe(0)
})
