import { KINDS, readReportEvent } from '@baqylau/contracts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Browser, openBrowser, type Page, valueIn } from '../../testing/browse.ts'
import {
  makeSurroundings,
  makeTopics,
  type OpenedIntake,
  openIntake,
  readReports,
  type ReportsReader,
  until,
} from '../../testing/open-intake.ts'

const surroundings = makeSurroundings(process.env['KAFKA_BROKERS'] ?? '')
const { field, analyst, expired } = surroundings.accessKeys
const FORM = '/report?kind=press_seizure&lang=ru'
const seizure = {
  'details.outlet': 'Свобода слова',
  'details.copiesSeized': '50 000',
  'occurred.date': '2005-10-19',
  'place.text': 'Алматы, у типографии',
  narrative: 'Сняли с машины «Дәуір».\r\nВсё.',
  language: 'ru',
}
const RECEIPT = /<output>([0-9A-Z]{5}(?:-[0-9A-Z]{5}){3})<\/output>/u

let intake: OpenedIntake
let reports: ReportsReader
let browser: Browser

beforeAll(async () => {
  await makeTopics(surroundings)
  intake = await openIntake(surroundings)
  reports = await readReports(surroundings)
})
beforeEach(async () => {
  browser = openBrowser(intake.url)
  await browser.send('/session?lang=ru', { key: field })
})
afterAll(async () => {
  await intake.close()
  await reports.close()
})

const formIdIn = ({ html }: Page): string => valueIn(html, 'formId') ?? ''
const receiptIn = ({ html }: Page): string | undefined => RECEIPT.exec(html)?.[1]
interface ReportEvent {
  readonly id: string
  readonly subject: string
  readonly data: { readonly personal: { readonly place: { readonly text: string } } }
}
/** The events of reports from this place: of one test each, which makes the place up. */
const eventsFrom = (place: string): readonly ReportEvent[] =>
  (reports.events as readonly ReportEvent[]).filter(({ data }) => data.personal.place.text === place)

describe('the key', () => {
  it('is asked for first, entered once, and shown never', async () => {
    const stranger = openBrowser(intake.url)
    expect((await stranger.get('/?lang=en')).html).toContain('Enter your key')
    expect((await stranger.get(FORM)).path).toBe('/?lang=ru')
    const entered = await stranger.send('/session?lang=en', { key: ` ${field} ` })
    expect(entered.html).toContain('What happened?')
    expect(entered.html).not.toContain(field)
    expect((await stranger.get('/?lang=kk')).html).toContain('Не болды?')
  })
  it.each([
    ['unknown', 'bq_field_unknown', 'This key is not known'],
    ["an analyst's", analyst, 'This key is not known'],
    ['expired', expired, 'This key is not known'],
    ['empty', ' ', 'Enter the key that you were given'],
  ])('that is %s is refused on the page, and not repeated', async (_what, key, fault) => {
    const stranger = openBrowser(intake.url)
    const page = await stranger.send('/session?lang=en', { key })
    expect(page.status).toBe(401)
    expect(page.html).toContain(fault)
    expect(page.html).toContain('aria-describedby="key-fault"')
    expect(page.html).not.toContain('bq_')
    expect(stranger.cookies.size).toBe(0)
  })
  it('is forgotten when the device is left, and the receipt too', async () => {
    await browser.send(FORM, seizure)
    const left = await browser.send('/session/end?lang=ru', {})
    expect(left.html).toContain('Введите ключ')
    expect(browser.cookies.size).toBe(0)
    expect((await browser.get('/sent?lang=ru')).path).toContain('/?lang=ru')
  })
  it('lets nobody in under /v1 by its session', async () => {
    const response = await fetch(`${intake.url}/v1/reports`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      body: '{}',
    })
    expect(response.status).toBe(401)
  })
})

describe('the form', () => {
  it.each(KINDS)('of %s is there, with an id of its own each time', async (kind) => {
    const [one, other] = await Promise.all([1, 2].map(() => browser.get(`/report?kind=${kind}&lang=en`)))
    expect(one?.html).toContain('name="occurred.date"')
    expect(formIdIn(one ?? (await browser.get('/')))).toMatch(/^[0-9a-f-]{14}7/u)
    expect(one?.html).not.toBe(other?.html)
  })
  it('makes a report, and gives its receipt with the address that tells what became of it', async () => {
    const formId = formIdIn(await browser.get(FORM))
    const sent = await browser.send(FORM, { ...seizure, formId, consent: 'yes', 'place.text': 'Склад 1' })
    expect(sent.path).toBe('/sent?lang=ru')
    expect(receiptIn(sent)).toBeDefined()
    expect(sent.html).toContain('href="http://atlas.example/receipt"')
    await until('the event', () => eventsFrom('Склад 1').length === 1)
    const read = readReportEvent(Buffer.from(JSON.stringify(eventsFrom('Склад 1')[0])))
    expect(read).toMatchObject({
      ok: true,
      event: {
        author: 'subject-field',
        data: {
          report: {
            channel: 'form',
            formVersion: '1',
            consent: true,
            details: { outlet: 'Свобода слова', copiesSeized: 50_000 },
          },
          personal: { narrative: 'Сняли с машины «Дәуір».\nВсё.', place: { text: 'Склад 1' } },
        },
      },
    })
  })
  it('sent twice is one report: the same event, the same receipt', async () => {
    const formId = formIdIn(await browser.get(FORM))
    const typed = { ...seizure, formId, 'place.text': 'Склад 2' }
    const first = await browser.send(FORM, typed)
    const second = await browser.send(FORM, typed)
    expect(receiptIn(second)).toBe(receiptIn(first))
    await until('both', () => eventsFrom('Склад 2').length === 2)
    expect(new Set(eventsFrom('Склад 2').map(({ id }) => id)).size).toBe(1)
  })
  it('edited and sent again is another report: the first may have landed, and keeps its first revision', async () => {
    const typed = { ...seizure, formId: formIdIn(await browser.get(FORM)), 'place.text': 'Склад 3' }
    const first = await browser.send(FORM, typed)
    const second = await browser.send(FORM, { ...typed, narrative: 'Сняли не всё.' })
    expect(receiptIn(second)).not.toBe(receiptIn(first))
    await until('both', () => eventsFrom('Склад 3').length === 2)
    expect(new Set(eventsFrom('Склад 3').map(({ subject }) => subject)).size).toBe(2)
  })
  it('shows its receipt again on a reload, which sends nothing', async () => {
    const sent = await browser.send(FORM, { ...seizure, formId: formIdIn(await browser.get(FORM)) })
    expect(receiptIn(await browser.get('/sent?lang=en'))).toBe(receiptIn(sent))
    expect(sent.path).not.toContain(receiptIn(sent)?.replaceAll('-', ''))
  })
  it('shows every fault at its field, and keeps what was typed', async () => {
    const typed = {
      ...seizure,
      'details.outlet': '',
      'details.copiesSeized': 'много',
      'place.lat': '91',
      narrative: '<b>"я"</b>\r\n&',
    }
    const formId = formIdIn(await browser.get(FORM))
    const page = await browser.send(FORM, { ...typed, formId, 'details.pretexts': 'tax' })
    expect(page.status).toBe(400)
    const faulty = [...page.html.matchAll(/<a href="#([^"]+)"/gu)].map(([, name]) => name)
    expect(faulty).toEqual(['details.outlet', 'details.copiesSeized', 'place.lat'])
    expect(page.html).toMatch(/Напишите целое число цифрами, от 0 до 100\s000\s000\./u)
    expect(valueIn(page.html, 'details.copiesSeized')).toBe('много')
    expect(valueIn(page.html, 'narrative')?.replaceAll('\r\n', '\n')).toBe('<b>"я"</b>\n&')
    expect(page.html).not.toContain('<b>')
    expect(page.html).toMatch(/value="tax" checked/u)
    expect(formIdIn(page)).toBe(formId)
    const mended = {
      ...typed,
      'details.outlet': 'x',
      'details.copiesSeized': '5',
      'place.lat': '43',
      'place.lon': '76',
    }
    expect((await browser.send(FORM, { ...mended, formId })).path).toBe('/sent?lang=ru')
  })
  it('comes back in another language with what was typed', async () => {
    const formId = formIdIn(await browser.get(FORM))
    const typed = { ...seizure, formId, 'place.text': 'Склад 4' }
    const page = await browser.send('/report/draft?kind=press_seizure&lang=kk', typed)
    expect(page.html).toContain('<html lang="kk">')
    expect(valueIn(page.html, 'details.outlet')).toBe('Свобода слова')
    expect(formIdIn(page)).toBe(formId)
    expect(eventsFrom('Склад 4')).toEqual([])
  })
  it('loses nothing when the session ends meanwhile: the key is asked for within it', async () => {
    const formId = formIdIn(await browser.get(FORM))
    const late = openBrowser(intake.url)
    const page = await late.send(FORM, { ...seizure, formId })
    expect(page.status).toBe(401)
    expect(page.html).toContain('name="key"')
    expect(valueIn(page.html, 'place.text')).toBe('Алматы, у типографии')
    const refused = await late.send(FORM, { ...seizure, formId, key: 'wrong-key' })
    expect(refused.status).toBe(401)
    expect(refused.html).not.toContain('wrong-key')
    expect((await late.send(FORM, { ...seizure, formId, key: field })).path).toBe('/sent?lang=ru')
  })
  it('of a kind that there is not leads to the start', async () => {
    expect((await browser.get('/report?kind=weather&lang=en')).path).toBe('/?lang=en')
    expect((await browser.send('/report?kind=weather&lang=en', seizure)).path).toBe('/?lang=en')
  })
})

describe('the pages', () => {
  it.each(['/session', '/session/end', '/report?kind=press_seizure', '/report/draft?kind=press_seizure'])(
    'take no %s from another site',
    async (path) => {
      const fields = { ...seizure, key: field }
      for (const headers of [{}, { origin: 'https://elsewhere.example' }, { origin: 'null' }]) {
        const page = await browser.send(path, fields, headers)
        expect(page.status).toBe(403)
        expect(page.html).toContain('Open the page anew')
      }
    },
  )
  it('let nothing run, frame them, or keep them', async () => {
    for (const path of ['/', FORM, '/sent']) {
      const { headers, html } = await browser.get(path)
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/u)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(html).not.toContain('<script')
    }
  })
  it('are in the language of the browser when none is asked for', async () => {
    expect((await browser.get('/', { 'accept-language': 'kk-KZ,ru;q=0.5' })).html).toContain('lang="kk"')
  })
  it('say that they are not for real reporters yet', async () => {
    for (const lang of ['kk', 'ru', 'en']) {
      const { html } = await browser.get(`/?lang=${lang}`)
      expect(html).toMatch(/class="not-yet">(Тек жаттығу|Только для упражнений|For exercises only)/u)
    }
  })
  it('bring their own style, and load nothing from elsewhere', async () => {
    const { html } = await browser.get(FORM)
    const files = [...html.matchAll(/<link [^>]*href="([^"]+)"/gu)].map(([, file]) => file ?? '')
    expect(files).toEqual(['/form.css', '/icon.svg'])
    for (const file of files) expect((await browser.get(file)).status).toBe(200)
  })
  it('refuse more text than a report may have, in words', async () => {
    const page = await browser.send(FORM, { ...seizure, narrative: 'x'.repeat(300_000) })
    expect(page.status).toBe(413)
    expect(page.html).toContain('Слишком много текста')
  })
})
