import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export const STYLESHEET = readFileSync(new URL('atlas.css', import.meta.url), 'utf8')

/** Its address changes when it does, so that browsers may keep it. */
export const STYLESHEET_ADDRESS = `/atlas.css?v=${createHash('sha256').update(STYLESHEET).digest('hex').slice(0, 12)}`
