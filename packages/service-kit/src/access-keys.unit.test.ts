import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AppError } from '@baqylau/contracts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AccessKey, newAccessKey, openKeyRing, parseAccessKeys } from './access-keys.ts'

const START = new Date('2026-01-01T00:00:00Z')
const { key, entry } = newAccessKey({
  id: 'key-1',
  subject: 'reporter-7',
  role: 'field',
  expiresAt: '2026-01-02T00:00:00Z',
})
const other = newAccessKey({
  id: 'key-2',
  subject: 'desk',
  role: 'analyst',
  expiresAt: '2027-01-01T00:00:00Z',
})

let directory = ''
const fileName = (): string => path.join(directory, 'keys.json')
let writes = 0
/** Writes the file as an editor does: beside it, then in its place. Each version has a time of its own. */
const write = (content: unknown): void => {
  const draft = path.join(directory, 'draft')
  writeFileSync(draft, typeof content === 'string' ? content : JSON.stringify(content))
  writes += 1
  utimesSync(draft, START, new Date(START.getTime() + writes * 1000))
  renameSync(draft, fileName())
}
const open = (entries: readonly AccessKey[] = [entry]) => {
  write(entries)
  const onFault = vi.fn<(error: unknown) => void>()
  return { ring: openKeyRing(fileName(), onFault), onFault }
}
const pass = (ms: number): void => {
  vi.setSystemTime(Date.now() + ms)
}

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'baqylau-keys-'))
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(directory, { recursive: true })
})

describe('a new key', () => {
  test('says its role, and is not in its own entry', () => {
    expect(key).toMatch(/^bq_field_[0-9a-f]{40}$/)
    expect(JSON.stringify(entry)).not.toContain(key)
    expect(entry.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(other.key).not.toBe(key)
  })
})

describe('a ring of keys', () => {
  test('knows a key as it was presented, and by its id', () => {
    const { ring } = open([entry, other.entry])
    expect(ring.byKey(key)).toEqual({ keyId: 'key-1', subject: 'reporter-7', role: 'field' })
    expect(ring.byKey(other.key)).toEqual({ keyId: 'key-2', subject: 'desk', role: 'analyst' })
    expect(ring.byId('key-2')).toEqual(ring.byKey(other.key))
  })

  test.each([
    ['another', 'bq_field_0'],
    ['an empty one', ''],
    ['the hash instead of the key', entry.sha256],
    ['one in another case', key.toUpperCase()],
    ['one with a space', `${key} `],
  ])('does not know %s', (_what, presented) => {
    expect(open().ring.byKey(presented)).toBeUndefined()
  })

  test('does not know an id that there is not', () => {
    expect(open().ring.byId('key-3')).toBeUndefined()
  })

  test('lets a key expire at its instant', () => {
    const { ring } = open()
    pass(24 * 3600 * 1000 - 1)
    expect(ring.byKey(key)).toBeDefined()
    pass(1)
    expect(ring.byKey(key)).toBeUndefined()
    expect(ring.byId('key-1')).toBeUndefined()
  })
})

describe('a change of the file', () => {
  test('is seen within two seconds', () => {
    const { ring } = open()
    write([other.entry])
    pass(2000)
    expect(ring.byKey(key)).toBeUndefined()
    expect(ring.byKey(other.key)).toBeDefined()
  })

  test('that is not valid leaves the keys of before, and is told once', () => {
    const { ring, onFault } = open()
    write('[{')
    pass(2000)
    expect(ring.byKey(key)).toBeDefined()
    pass(2000)
    expect(ring.byKey(key)).toBeDefined()
    expect(onFault).toHaveBeenCalledOnce()
    expect(onFault.mock.calls[0]?.[0]).toMatchObject({ code: 'invalid_configuration' })
  })

  test('is seen again once it is valid', () => {
    const { ring } = open()
    write('[{')
    pass(2000)
    ring.byKey(key)
    write([entry, other.entry])
    pass(2000)
    expect(ring.byKey(other.key)).toBeDefined()
  })

  test('to nothing at all leaves the keys of before', () => {
    const { ring, onFault } = open()
    rmSync(fileName())
    pass(2000)
    expect(ring.byKey(key)).toBeDefined()
    expect(onFault).toHaveBeenCalledOnce()
  })
})

describe('a file of keys is refused', () => {
  test.each([
    ['when it is not JSON', '[{', /^KEYS_FILE: keys.json is not JSON\.$/],
    ['when it is no array', '{}', /^KEYS_FILE: keys.json: /],
    ['when a role is unknown', JSON.stringify([{ ...entry, role: 'tsar' }]), /\/0\/role/],
    ['when a hash is none', JSON.stringify([{ ...entry, sha256: key }]), /\/0\/sha256/],
    [
      'when an expiry has no offset',
      JSON.stringify([{ ...entry, expiresAt: '2026-01-02' }]),
      /\/0\/expiresAt/,
    ],
    ['when it holds the key itself', JSON.stringify([{ ...entry, key }]), /\/0\/key/],
    ['when a subject is missing', JSON.stringify([{ ...entry, subject: undefined }]), /\/0\/subject/],
  ])('%s', (_why, json, message) => {
    expect(() => parseAccessKeys(json, 'keys.json')).toThrow(message)
    expect(() => parseAccessKeys(json, 'keys.json')).toThrow(AppError)
    expect(() => parseAccessKeys(json, 'keys.json')).not.toThrow(key)
  })

  test('at the start, and when it is not there', () => {
    write('[{')
    expect(() => openKeyRing(fileName(), () => {})).toThrow(AppError)
    expect(() => openKeyRing(path.join(directory, 'absent'), () => {})).toThrow(AppError)
  })
})
