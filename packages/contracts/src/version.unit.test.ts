import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENRICHMENT_VERSION_MAX, STAGES, type VersionParts, versionOf } from './version.ts'

const first: VersionParts = {
  revision: 1,
  retracted: false,
  contentHash: '0'.repeat(64),
  stage: STAGES.submitted,
  enrichmentVersion: 0,
}
const versionWith = (parts: Partial<VersionParts>): bigint => versionOf({ ...first, ...parts })
const hash = (start: string): string => start.padEnd(64, '0')

const parts: fc.Arbitrary<VersionParts> = fc.record({
  revision: fc.integer({ min: 1, max: 65_535 }),
  retracted: fc.boolean(),
  contentHash: fc.stringMatching(/^[0-9a-f]{64}$/),
  stage: fc.constantFrom(...Object.values(STAGES)),
  enrichmentVersion: fc.integer({ min: 0, max: ENRICHMENT_VERSION_MAX }),
})

describe('the bits of a version', () => {
  test.each([
    ['revision', { revision: 1 }, '0000000000000001_0_0000000000000000000000000000000_00_00000000000000'],
    [
      'last revision',
      { revision: 65_535 },
      '1111111111111111_0_0000000000000000000000000000000_00_00000000000000',
    ],
    [
      'retracted',
      { retracted: true },
      '0000000000000001_1_0000000000000000000000000000000_00_00000000000000',
    ],
    // 0x80000003 less its last bit: the first 31 bits of the hash.
    [
      'hash',
      { contentHash: hash('80000003f') },
      '0000000000000001_0_1000000000000000000000000000001_00_00000000000000',
    ],
    [
      'failed',
      { stage: STAGES.enrichmentFailed },
      '0000000000000001_0_0000000000000000000000000000000_01_00000000000000',
    ],
    [
      'enriched',
      { stage: STAGES.enriched },
      '0000000000000001_0_0000000000000000000000000000000_10_00000000000000',
    ],
    [
      'enrichment version',
      { enrichmentVersion: 16_383 },
      '0000000000000001_0_0000000000000000000000000000000_00_11111111111111',
    ],
  ])('%s', (_name, changed, bits) => {
    expect(versionWith(changed)).toBe(BigInt(`0b${bits.replaceAll('_', '')}`))
  })

  test('of a whole one, as a number', () => {
    const version = versionOf({
      revision: 2,
      retracted: false,
      contentHash: '051ccf32acdc1eb011294df47b4cca50f01ec49dee46bf61d947ce46ef9082fa',
      stage: STAGES.enriched,
      enrichmentVersion: 7,
    })
    // 2 * 2^48 + 0x051ccf32 / 2 * 2^16 + 2 * 2^14 + 7
    expect(version).toBe(562_949_953_421_312n + 42_887_065n * 65_536n + 32_768n + 7n)
  })

  test('never leave 64', () => {
    const greatest = versionOf({
      revision: 65_535,
      retracted: true,
      contentHash: 'f'.repeat(64),
      stage: STAGES.enriched,
      enrichmentVersion: ENRICHMENT_VERSION_MAX,
    })
    expect(BigInt.asUintN(64, greatest)).toBe(greatest)
  })
})

describe('of two states of a report', () => {
  test.each<[string, Partial<VersionParts>, Partial<VersionParts>]>([
    [
      'a greater revision beats everything else',
      { revision: 2 },
      {
        revision: 1,
        retracted: true,
        contentHash: hash('ffffffff'),
        stage: STAGES.enriched,
        enrichmentVersion: 9,
      },
    ],
    [
      'a retraction beats a report at its revision, whatever became of it',
      { retracted: true },
      { contentHash: hash('ffffffff'), stage: STAGES.enriched, enrichmentVersion: 16_383 },
    ],
    ['an amendment beats the retraction before it', { revision: 3 }, { revision: 2, retracted: true }],
    [
      'of two contents at one revision the greater hash wins, however far the other has come',
      { contentHash: hash('00000002') },
      { contentHash: hash('00000001'), stage: STAGES.enriched, enrichmentVersion: 16_383 },
    ],
    ['failed beats submitted', { stage: STAGES.enrichmentFailed }, { stage: STAGES.submitted }],
    [
      'enriched beats failed, even of a greater enrichment version',
      { stage: STAGES.enriched, enrichmentVersion: 1 },
      { stage: STAGES.enrichmentFailed, enrichmentVersion: 2 },
    ],
    [
      'a greater enrichment version beats a lesser one',
      { stage: STAGES.enriched, enrichmentVersion: 2 },
      { stage: STAGES.enriched, enrichmentVersion: 1 },
    ],
  ])('%s', (_rule, winner, loser) => {
    expect(versionWith(winner)).toBeGreaterThan(versionWith(loser))
  })

  test('the order is that of the parts, one after the other', () => {
    const rank = ({ revision, retracted, contentHash, stage, enrichmentVersion }: VersionParts) => [
      revision,
      Number(retracted),
      Number.parseInt(contentHash.slice(0, 8), 16) >>> 1,
      stage,
      enrichmentVersion,
    ]
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const difference = rank(one)
          .map((value, index) => value - (rank(other)[index] ?? Number.NaN))
          .find((value) => value !== 0)
        const expected = Math.sign(difference ?? 0)
        const [left, right] = [versionOf(one), versionOf(other)]
        expect(Number(left > right) - Number(left < right)).toBe(expected)
      }),
    )
  })
})
