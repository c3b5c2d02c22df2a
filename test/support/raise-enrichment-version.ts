import { registerHooks } from 'node:module'

/** For `--import`: the enricher of the next version, as it would be after an upgrade. */
registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (!url.endsWith('/services/enricher/src/domain/step-order.ts')) return loaded
    const source = Buffer.from((loaded.source ?? '') as Uint8Array | string).toString()
    const raised = source.replace(
      /ENRICHMENT_VERSION = (\d+)/,
      (_, version) => `ENRICHMENT_VERSION = ${Number(version) + 1}`,
    )
    if (raised === source) throw new Error('step-order.ts no longer says ENRICHMENT_VERSION = …')
    return { ...loaded, source: raised }
  },
})
