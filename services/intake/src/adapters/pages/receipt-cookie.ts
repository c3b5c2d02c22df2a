import { parseReceipt } from '@baqylau/contracts'
import { isForLocalHost } from '@baqylau/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'

const COOKIE = 'baqylau_sent'
const PATH = '/sent'
const SECONDS = 10 * 60

/**
 * The receipt goes to its page in a cookie: a reload shows it again and sends nothing, and it is in no address, which
 * browsers keep for long.
 */
export const handOverReceipt = (request: FastifyRequest, reply: FastifyReply, receipt: string): void => {
  reply.setCookie(COOKIE, receipt, {
    path: PATH,
    httpOnly: true,
    sameSite: 'strict',
    secure: !isForLocalHost(request),
    maxAge: SECONDS,
  })
}

/** The receipt that was handed over, in plain form, or undefined when there is none of ours. */
export const receivedReceipt = (request: FastifyRequest, checkKey: Uint8Array): string | undefined =>
  parseReceipt(request.cookies[COOKIE] ?? '', checkKey)

export const forgetReceipt = (reply: FastifyReply): void => {
  reply.clearCookie(COOKIE, { path: PATH })
}
