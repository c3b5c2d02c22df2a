import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openKeyRing, readKeys } from '@baqylau/service-kit'
import { addKey, initKeys, listKeys, removeKey } from './keys.ts'

let directory: string
const files = () => ({
  KEYS_FILE: path.join(directory, 'deep', 'keys.json'),
  SECRET_FILE: path.join(directory, 'secret'),
})
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8)
const never = (error: unknown): never => {
  throw error
}

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'ops-keys-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const now = Date.now()
const makeKey = (made: number) =>
  addKey(files(), { role: 'field', subject: 'heron', days: 1 }, made).document as { id: string; key: string }

describe('keys', () => {
  test('init makes a secret and a list that services can read, for their owner alone, and leaves them alone after', () => {
    const { KEYS_FILE, SECRET_FILE } = files()
    initKeys(files())
    const secret = readFileSync(SECRET_FILE, 'utf8')
    expect(readKeys(SECRET_FILE).sessions).toHaveLength(32)
    expect(openKeyRing(KEYS_FILE, never).byId('none')).toBeUndefined()
    expect([modeOf(KEYS_FILE), modeOf(SECRET_FILE)]).toEqual(['600', '600'])
    initKeys(files())
    expect(readFileSync(SECRET_FILE, 'utf8')).toBe(secret)
  })

  test('add makes a key that a service knows, and keeps nothing but its hash', () => {
    const { KEYS_FILE } = files()
    addKey(files(), { role: 'field', subject: 'R-107', days: 1 }, Date.now())
    const { document } = addKey(files(), { role: 'operator', subject: 'ops', days: 1 }, Date.now())
    const { key } = document as { key: string }
    expect(openKeyRing(KEYS_FILE, never).byKey(key)).toMatchObject({ subject: 'ops', role: 'operator' })
    expect(readFileSync(KEYS_FILE, 'utf8')).not.toContain(key)
    expect(JSON.parse(readFileSync(KEYS_FILE, 'utf8'))).toHaveLength(2)
    expect(modeOf(KEYS_FILE)).toBe('600')
  })

  test('list shows whose keys there are, and none of their hashes', () => {
    initKeys(files())
    expect(listKeys(files(), now).document).toEqual({ keys: [] })
    const old = makeKey(now - 90_000_000)
    const valid = makeKey(now)
    const { document, text } = listKeys(files(), now)
    expect(document).toMatchObject({
      keys: [
        { id: old.id, subject: 'heron', role: 'field', expired: true },
        { id: valid.id, expired: false },
      ],
    })
    expect(`${JSON.stringify(document)}${text}`).not.toMatch(/[0-9a-f]{64}/)
  })

  test('remove ends the key that is meant, and no other', () => {
    const { KEYS_FILE } = files()
    const one = makeKey(now)
    const other = makeKey(now)
    removeKey(files(), one.id)
    const ring = openKeyRing(KEYS_FILE, never)
    expect(ring.byKey(one.key)).toBeUndefined()
    expect(ring.byKey(other.key)).toMatchObject({ subject: 'heron' })
    expect(modeOf(KEYS_FILE)).toBe('600')
  })

  test('remove of a key that is not there says so, and changes nothing', () => {
    initKeys(files())
    addKey(files(), { role: 'field', subject: 'heron', days: 1 }, Date.now())
    const before = readFileSync(files().KEYS_FILE, 'utf8')
    expect(() => removeKey(files(), 'field-0')).toThrow(/field-0/)
    expect(readFileSync(files().KEYS_FILE, 'utf8')).toBe(before)
    addKey(files(), { role: 'analyst', subject: 'crane', days: 1 }, Date.now())
  })

  test('an expired key is no key', () => {
    const { document } = addKey(
      files(),
      { role: 'field', subject: 'R-107', days: 1 },
      Date.now() - 90_000_000,
    )
    const { key } = document as { key: string }
    expect(openKeyRing(files().KEYS_FILE, never).byKey(key)).toBeUndefined()
  })

  test('two that change the file at once do not lose each other: the second is told', () => {
    initKeys(files())
    writeFileSync(`${files().KEYS_FILE}.new`, '')
    expect(() => addKey(files(), { role: 'field', subject: 'R-107', days: 1 }, Date.now())).toThrow(
      /keys\.json\.new is there/,
    )
  })

  test('a damaged list is not written over', () => {
    initKeys(files())
    writeFileSync(files().KEYS_FILE, '[{"id":1}]')
    expect(() => addKey(files(), { role: 'field', subject: 'R-107', days: 1 }, Date.now())).toThrow(
      /KEYS_FILE/,
    )
    expect(readFileSync(files().KEYS_FILE, 'utf8')).toBe('[{"id":1}]')
  })
})
