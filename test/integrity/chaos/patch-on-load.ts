// Loaded before a service (NODE_OPTIONS --import): changes one place of one source file as it is loaded, so that a test can
// do to the product what the product must never do, and the product needs no switch for it.
import { registerHooks } from 'node:module'
import { PATCH_VARIABLE, type Patch } from './patch.ts'

const { file, find, replace } = JSON.parse(process.env[PATCH_VARIABLE] ?? '{}') as Patch

const patched = (source: string): string => {
  const [before, after, ...more] = source.split(find)
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${file} has not exactly one place that says: ${find}`)
  return before + replace + after
}

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(file) || loaded.source === undefined) return loaded
    const source =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString()
    return { ...loaded, source: patched(source) }
  },
})
