import { expect, it } from 'vitest'
import {
  type ExportedFile,
  exportedUpTo,
  type ExportManifest,
  filesOf,
  firstGap,
  readManifest,
  withFile,
} from './export-manifest.ts'

const empty: ExportManifest = {
  format: 'baqylau-log-1',
  topicPrefix: 'baqylau.',
  updatedAt: '2005-12-04T00:00:00.000Z',
  topics: [{ topic: 'reports', partitions: 2, config: {} }],
  files: [],
  totals: { files: 0, records: 0, bytes: 0 },
}
const fileOf = (partition: number, first: number, last: number): ExportedFile => ({
  file: `reports-${partition}-${first}.ndjson.zst`,
  topic: 'reports',
  partition,
  firstOffset: String(first),
  lastOffset: String(last),
  records: last - first + 1,
  bytes: 100,
  sha256: '0'.repeat(64),
})
const manifestOf = (...files: readonly ExportedFile[]): ExportManifest =>
  files.reduce((manifest, file) => withFile(manifest, file, '2005-12-05T00:00:00.000Z'), empty)

it('adds up what its files hold, and knows how far they go', () => {
  const manifest = manifestOf(fileOf(0, 0, 9), fileOf(1, 0, 4), fileOf(0, 10, 19))
  expect(manifest.totals).toEqual({ files: 3, records: 25, bytes: 300 })
  expect(exportedUpTo(manifest)).toEqual({ 'reports/0': '20', 'reports/1': '5' })
  expect(filesOf(manifest, 'reports', 0).map(({ firstOffset }) => firstOffset)).toEqual(['0', '10'])
  expect(firstGap(manifest)).toBeUndefined()
})

it('finds a file that is missing, and one whose counts do not fit', () => {
  expect(firstGap(manifestOf(fileOf(0, 0, 9), fileOf(0, 11, 19)))?.firstOffset).toBe('11')
  expect(firstGap(manifestOf(fileOf(1, 1, 4)))?.partition).toBe(1)
  expect(firstGap(manifestOf({ ...fileOf(0, 0, 9), records: 9 }))?.records).toBe(9)
})

it('reads what it wrote, and nothing else', () => {
  const manifest = manifestOf(fileOf(0, 0, 9))
  expect(readManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
  expect(readManifest({ ...manifest, format: 'baqylau-log-2' })).toBeUndefined()
  expect(readManifest({ ...manifest, files: [{ ...fileOf(0, 0, 9), file: '../secret' }] })).toBeUndefined()
  expect(readManifest(null)).toBeUndefined()
})
