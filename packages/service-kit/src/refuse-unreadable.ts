import type { Socket } from 'node:net'
import { AppError, ERRORS, PROBLEM_MEDIA_TYPE, problemOfError } from '@baqylau/contracts'

const refusalOf = (code: string | undefined): AppError => {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new AppError('headers_too_large', 'Send less in the headers: 16 kB are read.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new AppError('too_slow', 'The request did not arrive whole in time. Send it again.')
  return new AppError('invalid_request', 'This is no HTTP/1.1 request that can be read.')
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

/** Answers what Node's parser could not read, which no route and no error handler ever sees, with a problem too. */
export const refuseUnreadable = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refusal = refusalOf(error.code)
  const body = JSON.stringify(problemOfError(refusal))
  const { status } = ERRORS[refusal.code]
  const head = [
    `HTTP/1.1 ${status} ${STATUS_TEXTS[status] ?? ''}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
