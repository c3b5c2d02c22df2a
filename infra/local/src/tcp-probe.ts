import { connect } from 'node:net'

const ANSWER_WITHIN_MS = 1_000

/** Sends bytes to a port of 127.0.0.1, and says whether the first bytes that come back are the expected ones. */
export async function answersWith(
  port: number,
  request: Buffer,
  isExpected: (answer: Buffer) => boolean,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request))
  socket.setTimeout(ANSWER_WITHIN_MS, () => resolve(false))
  socket.once('error', () => resolve(false))
  socket.once('close', () => resolve(false))
  socket.once('data', (answer) => resolve(isExpected(answer)))
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
