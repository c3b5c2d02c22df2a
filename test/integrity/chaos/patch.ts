/** One place of a source file, and what is to stand there instead. */
export interface Patch {
  /** The end of its path. */
  readonly file: string
  /** Has to be there exactly once. */
  readonly find: string
  readonly replace: string
}

export const PATCH_VARIABLE = 'CHAOS_PATCH'
const LOADER = new URL('patch-on-load.ts', import.meta.url).href

/** The environment of a process that is to run with a patch. */
export const patchedEnvironment = (patch: Patch): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--max-semi-space-size=4 --import=${LOADER}`,
  [PATCH_VARIABLE]: JSON.stringify(patch),
})
