import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import type { FuzzRequest } from './fuzz-request.ts'

export interface FuzzAnswer {
  /** Undefined when the connection ended without one. */
  readonly status: number | undefined
  readonly mediaType: string
  readonly body: string
}

export interface FuzzClient {
  /** Sends a request, and resolves with its answer, or with the end of its connection. @throws Error after 60 s without either. */
  readonly send: (wanted: FuzzRequest) => Promise<FuzzAnswer>
  readonly close: () => void
}

const ANSWER_MS_MAX = 60_000
const NO_ANSWER: FuzzAnswer = { status: undefined, mediaType: '', body: '' }

const late = (): Error => new Error(`no answer within ${ANSWER_MS_MAX / 1000} s`)

const sendByClient = (base: URL, agent: Agent, wanted: FuzzRequest): Promise<FuzzAnswer> =>
  new Promise((resolve, reject) => {
    const outgoing = request({
      agent,
      hostname: base.hostname,
      port: base.port,
      method: wanted.method,
      path: wanted.path,
      timeout: ANSWER_MS_MAX,
    })
    // Two of one name are sent as two.
    for (const [name, headers] of Map.groupBy(wanted.headers, ([each]) => each)) {
      const values = headers.map(([, value]) => value)
      outgoing.setHeader(name, values.length > 1 ? values : (values[0] ?? ''))
    }
    outgoing.on('timeout', () => outgoing.destroy(late()))
    outgoing.on('error', (error) => {
      if (error.message === late().message) reject(error)
      else resolve(NO_ANSWER)
    })
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', () => resolve(NO_ANSWER))
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode,
          mediaType: incoming.headers['content-type']?.split(';')[0] ?? '',
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    // Else Node sends the body of a DELETE with no length, and it would be read as the next request.
    if (wanted.body.byteLength > 0) outgoing.setHeader('content-length', wanted.body.byteLength)
    outgoing.end(wanted.body)
  })

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) /
const readAnswer = (text: string): FuzzAnswer => {
  const final = text.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '')
  const [head = '', body = ''] = final.split('\r\n\r\n')
  const status = STATUS_LINE.exec(head)?.[1]
  return {
    status: status === undefined ? undefined : Number(status),
    mediaType: /\r\ncontent-type: ([^;\r]+)/i.exec(head)?.[1] ?? '',
    body,
  }
}

/** Writes the bytes, says that there are no more, and reads what comes until the server has done too. */
const sendRaw = (base: URL, bytes: Buffer): Promise<FuzzAnswer> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: base.hostname, port: Number(base.port) })
    const chunks: Buffer[] = []
    socket.setTimeout(ANSWER_MS_MAX, () => {
      socket.destroy()
      reject(late())
    })
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(readAnswer(Buffer.concat(chunks).toString('latin1'))))
    socket.end(bytes)
  })

/** Sends requests at once, as they come, over connections that are kept. */
export const openFuzzClient = (url: string): FuzzClient => {
  const base = new URL(url)
  const agent = new Agent({ keepAlive: true })
  return {
    send: (wanted) =>
      wanted.raw === undefined ? sendByClient(base, agent, wanted) : sendRaw(base, wanted.raw),
    close: () => agent.destroy(),
  }
}
