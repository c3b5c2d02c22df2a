// The first step of the checks: what the last of them needs is missed at once, and not minutes later.
import { findChromium } from './chromium.ts'

try {
  await findChromium()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
