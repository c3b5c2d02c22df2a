/** How far a report has come at one revision; a later stage outranks an earlier one. */
export const STAGES = { submitted: 0, enrichmentFailed: 1, enriched: 2 } as const
export type Stage = (typeof STAGES)[keyof typeof STAGES]

export const ENRICHMENT_VERSION_MAX = 2 ** 14 - 1

export interface VersionParts {
  /** 1 to 65,535. */
  readonly revision: number
  readonly retracted: boolean
  /** 64 hexadecimal digits; the first 31 bits count. */
  readonly contentHash: string
  readonly stage: Stage
  /** 0 to 16,383; 0 for what is not an enrichment. */
  readonly enrichmentVersion: number
}

/**
 * The version of a report's state, a UInt64: revision 16 bits, retracted 1, content hash 31, stage 2, enrichment version
 * 14, from the most significant on. The greatest version is the current state, wherever and in whatever order it is
 * looked for: a maximum depends neither on order, nor on duplicates, nor on a clock.
 */
export const versionOf = (parts: VersionParts): bigint => {
  const hashBits = Number.parseInt(parts.contentHash.slice(0, 8), 16) >>> 1
  return (
    (BigInt(parts.revision) << 48n) |
    (BigInt(parts.retracted) << 47n) |
    (BigInt(hashBits) << 16n) |
    (BigInt(parts.stage) << 14n) |
    BigInt(parts.enrichmentVersion)
  )
}

/** The revision that a version stands for. */
export const revisionOf = (version: bigint): number => Number(version >> 48n)

/** Whether a version stands for a report that is taken back. */
export const isRetracted = (version: bigint): boolean => ((version >> 47n) & 1n) === 1n

/** The stage that a version stands for. */
export const stageOfVersion = (version: bigint): Stage => Number((version >> 14n) & 3n) as Stage
