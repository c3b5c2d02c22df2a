import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Pipeline, waitUntil } from '@baqylau/infra-local'
import { type AkimatsDailyAnswer, KINDS } from '@baqylau/contracts'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPhone } from '../support/chromium.ts'
import { ask, countOf, startTestPipeline, submit } from '../support/running-pipeline.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'autumn-2005.ndjson')
const WITHIN_MS = 30_000

let pipeline: Pipeline
let phone: BrowserContext
let page: Page
beforeAll(async () => {
  ;[pipeline, phone] = await Promise.all([startTestPipeline(), openPhone()])
  page = await phone.newPage()
})
afterAll(async () => {
  await phone.close()
  await pipeline.stop()
})

/** By how many CSS pixels the page is wider than the screen. */
const overflow = (): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

it('takes a report by the form on a small phone without a script, and tells by its receipt what became of it', async () => {
  await page.goto(`${pipeline.intakeUrl}/?lang=kk`)
  await page.fill('#key', pipeline.access.keys.field)
  await page.press('#key', 'Enter')
  await page.goto(`${pipeline.intakeUrl}/report?kind=assembly_arrest&lang=kk`)
  expect(await page.locator('html').getAttribute('lang')).toBe('kk')
  expect(await overflow()).toBe(0)

  // A fault is shown at its field, and what was typed is kept.
  await page.fill('[name="place.text"]', 'Оралда, әкімдік алдында')
  await page.fill('[name="details.peopleDetained"]', '3')
  await page.press('[name="details.peopleDetained"]', 'Enter')
  expect(await page.locator('[name="occurred.date"]').getAttribute('aria-invalid')).toBe('true')
  expect(await page.locator('[name="place.text"]').inputValue()).toBe('Оралда, әкімдік алдында')

  await page.fill('[name="occurred.date"]', '2005-11-19')
  await page.press('[name="occurred.date"]', 'Enter')
  const receipt = await page.locator('output').innerText()
  expect(receipt).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/)
  expect(page.url()).not.toContain(receipt)

  const enriched = () =>
    countOf(pipeline, `SELECT count() FROM baqylau.current_reports WHERE region_code = 'KZ-27'`)
  expect(await waitUntil(async () => (await enriched()) === 1, { withinMs: WITHIN_MS })).toBe(true)
  await page.goto(`${pipeline.atlasUrl}/receipt?lang=kk`)
  await page.fill('#receipt', receipt.toLowerCase().replaceAll('-', ' '))
  await page.press('#receipt', 'Enter')
  expect(await page.locator('#status').getAttribute('data-status')).toBe('enriched')
  expect(await page.locator('#placed-in').innerText()).toContain('Батыс Қазақстан')
})

it('shows analysts the map, the time line and the table, with the numbers of the interface', async () => {
  const reports: unknown[] = readFileSync(FIXTURES, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect((await submit(pipeline, reports)).status).toBe(207)
  const landed = () => countOf(pipeline, `SELECT countIf(stage = 'enriched') FROM baqylau.current_reports`)
  expect(await waitUntil(async () => (await landed()) === reports.length + 1, { withinMs: WITHIN_MS })).toBe(
    true,
  )

  await page.goto(`${pipeline.atlasUrl}/?lang=ru`)
  await page.fill('#key', pipeline.access.keys.analyst)
  await page.press('#key', 'Enter')
  const { days } = await ask<AkimatsDailyAnswer>(pipeline, '/v1/akimats/daily')
  const total = days.reduce((sum, day) => sum + day.reports, 0)
  expect(total).toBe(reports.length + 1)
  expect(await page.locator('#sum-reports').innerText()).toBe(String(total))
  const almaty = days
    .filter(({ regionCode }) => regionCode === 'KZ-75')
    .reduce((sum, day) => sum + day.reports, 0)
  expect(await page.locator('#row-KZ-75 td').nth(KINDS.length).innerText()).toBe(String(almaty))
  expect(await page.locator('svg#map :is(path, circle)').count()).toBeGreaterThanOrEqual(16)
  expect(await page.locator('svg#timeline rect').count()).toBeGreaterThan(5)
  expect(await overflow()).toBe(0)
})
