import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deriveKeys, newSecret, readKeys } from './secret.ts'

const SECRET = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('the keys of a deployment', () => {
  // Worked out apart from this code, with Python's hmac: HKDF-SHA-256 without salt, the purpose as info. They may never
  // change: receipts and content hashes of a log are made with them.
  test('come from its secret so', () => {
    const keys = deriveKeys(SECRET)
    expect({
      proof: hex(keys.receipts.proof),
      check: hex(keys.receipts.check),
      contentHash: hex(keys.contentHash),
      queueSealing: hex(keys.queueSealing),
      sessions: hex(keys.sessions),
    }).toEqual({
      proof: '51927a5f39d2544d4ee947411aad59f99e2a40a9b46ec37619e9358f78e24aef',
      check: '074113f3207031e9f1647cde1a29063f3f97573b88bf769d46d6189ddf429abd',
      contentHash: '5ce4e871aaafc8c5d55a08888ae0196a418cc51544886c4e94e407f1e0fa7433',
      queueSealing: '20d7814ffad5e5e7b4df34a288d42e91cb337539afa8bbc5865ea1591af8ed98',
      sessions: 'c17b9f96fae1b0ab4eaeca05051660dae72ce0dfe94932e2369c4a8f6f37e2be',
    })
  })

  test('of different purposes, and of different secrets, are different', () => {
    const keys = [SECRET, newSecret(), newSecret()].flatMap((secret) => {
      const { receipts, contentHash, queueSealing, sessions } = deriveKeys(secret)
      return [receipts.proof, receipts.check, contentHash, queueSealing, sessions].map(hex)
    })
    expect(new Set(keys).size).toBe(15)
    expect(keys.filter((key) => key.length !== 64)).toEqual([])
  })

  test('a new secret has 64 hexadecimal digits', () => {
    expect(newSecret()).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('the file of the secret', () => {
  let directory = ''
  const fileOf = (content: string): string => {
    const file = path.join(directory, 'secret')
    writeFileSync(file, content)
    return file
  }
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'baqylau-secret-'))
  })
  afterAll(() => {
    rmSync(directory, { recursive: true })
  })

  test.each([
    ['as it was made', SECRET],
    ['with a line break', `${SECRET}\n`],
    ['in upper case', SECRET.toUpperCase()],
  ])('is read %s', (_how, content) => {
    expect(readKeys(fileOf(content))).toEqual(deriveKeys(SECRET))
  })

  test.each([
    ['it is empty', ''],
    ['it is too short', SECRET.slice(2)],
    ['it is too long', `${SECRET}00`],
    ['it is not hexadecimal', SECRET.replace('00', 'zz')],
    ['it has two lines', `${SECRET}\n${SECRET}`],
  ])('is refused when %s, without repeating it', (_why, content) => {
    const file = fileOf(content)
    expect(() => readKeys(file)).toThrow(
      `SECRET_FILE: ${file} must hold 64 hexadecimal digits: make it with "baqylau keys init".`,
    )
  })
})
