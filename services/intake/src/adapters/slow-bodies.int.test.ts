import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, valueIn } from '../testing/browse.ts'
import { makeSurroundings, makeTopics, type OpenedIntake, openIntake, until } from '../testing/open-intake.ts'
import { json, newReport, postTo } from '../testing/send-reports.ts'

const FORM = '/report?kind=press_seizure&lang=en'
const seizure = {
  'details.outlet': 'Свобода слова',
  'occurred.date': '2005-10-19',
  'place.text': 'Алматы',
  language: 'ru',
}
/** More than all budgets have room for, were 2 MiB set aside for each. */
const STRANGERS = 50

const surroundings = makeSurroundings(process.env['KAFKA_BROKERS'] ?? '')
const sockets: Socket[] = []
let intake: OpenedIntake

beforeAll(async () => {
  await makeTopics(surroundings)
  intake = await openIntake(surroundings)
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})
afterAll(() => intake.close())

/** Begins a form whose length is not said, with no key, and resolves when the server waits for the rest of it. */
const trickle = async (path: string): Promise<Socket> => {
  const { port, hostname, host, origin } = new URL(intake.url)
  const socket = connect(Number(port), hostname)
  sockets.push(socket)
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${host}`,
    `origin: ${origin}`,
    'content-type: application/x-www-form-urlencoded',
    'transfer-encoding: chunked',
    'expect: 100-continue',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  socket.write('1\r\nk\r\n')
  return socket
}
const trickleMany = (path: string): Promise<unknown> =>
  Promise.all(Array.from({ length: STRANGERS }, () => trickle(path)))

const statusOfReport = async (): Promise<number> =>
  (await postTo(intake.url, surroundings.accessKeys.field)(json(newReport()))).status

describe.each(['/session', '/session/end', FORM, FORM.replace('report', 'report/draft')])(
  'strangers who send %s slowly',
  (path) => {
    it('keep out neither programs nor people with a key', async () => {
      await trickleMany(path)
      expect(await statusOfReport()).toBe(202)
      const browser = openBrowser(intake.url)
      await browser.send('/session?lang=en', { key: surroundings.accessKeys.field })
      const formId = valueIn((await browser.get(FORM)).html, 'formId') ?? ''
      expect((await browser.send(FORM, { ...seizure, formId })).path).toContain('/sent')
    })
  },
)

describe('a form of somebody without a session', () => {
  it('finds no room where others without one take all that is theirs, and finds it again when they have gone', async () => {
    const statusOfForm = async () => (await openBrowser(intake.url).send(FORM, seizure)).status
    await until('room', async () => (await statusOfForm()) === 401)
    await trickleMany(FORM)
    expect(await statusOfForm()).toBe(503)
    for (const socket of sockets.splice(0)) socket.destroy()
    await until('room again', async () => (await statusOfForm()) === 401)
  })
  it.each(['/session', '/session/end'])('to %s is as short as a key is', async (path) => {
    const page = await openBrowser(intake.url).send(`${path}?lang=en`, { key: 'x'.repeat(5000) })
    expect(page.status).toBe(413)
  })
})
