import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canInstallDebianPackages, installDebianPackages } from '@baqylau/infra-local'
import { type BrowserContext, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** A small phone's screen, in CSS pixels. */
const SMALL_PHONE = { width: 320, height: 568 }

const find = (): string | undefined =>
  process.env['CHROMIUM_PATH'] ?? PLACES.find((place) => existsSync(place))

/** The browser of this machine; as root on Debian it is installed where it is missing. @throws Error that says how to get one. */
export async function findChromium(): Promise<string> {
  const found = find()
  if (found !== undefined) return found
  if (canInstallDebianPackages())
    await installDebianPackages(['chromium'], (line) => process.stderr.write(`${line}\n`))
  const installed = find()
  if (installed === undefined)
    throw new Error('These tests need Chromium: install it, or set CHROMIUM_PATH to one.')
  return installed
}

/** A fresh profile of a real Chromium on a small phone, without JavaScript: the pages have to work so. */
export async function openPhone(): Promise<BrowserContext> {
  const executablePath = await findChromium()
  return chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'baqylau-browser-')), {
    executablePath,
    args: QUIET,
    javaScriptEnabled: false,
    viewport: SMALL_PHONE,
  })
}
