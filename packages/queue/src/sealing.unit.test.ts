import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from './sealing.ts'

const key = randomBytes(32)
const TEXT = 'Айгүл, +7 700 000 00 01, қамауға алынды'

describe('a sealed text', () => {
  it.each(['', 'x', TEXT, '«'.repeat(100_000)])('opens again under its name and key', (text) => {
    expect(unseal(seal(text, 'job-1', key), 'job-1', key)).toBe(text)
  })

  it('shows nothing of the text, and is another each time', () => {
    const sealed = seal(TEXT, 'job-1', key)
    const bytes = Buffer.from(sealed, 'base64')
    for (const word of TEXT.split(' ')) expect(bytes.includes(word)).toBe(false)
    expect(seal(TEXT, 'job-1', key)).not.toBe(sealed)
  })

  it('does not open with another key', () => {
    expect(() => unseal(seal(TEXT, 'job-1', key), 'job-1', randomBytes(32))).toThrow(Error)
  })

  it('does not open under the name of another job', () => {
    expect(() => unseal(seal(TEXT, 'job-1', key), 'job-2', key)).toThrow(Error)
  })

  it('does not open when any byte of it was changed', () => {
    const bytes = Buffer.from(seal('short', 'job-1', key), 'base64')
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
      expect(() => unseal(changed.toString('base64'), 'job-1', key)).toThrow(Error)
    }
  })

  it.each(['', 'AAAA', 'not base64 at all'])('is not %j', (text) => {
    expect(() => unseal(text, 'job-1', key)).toThrow(Error)
  })

  it('does not open when it was cut short', () => {
    const bytes = Buffer.from(seal('short', 'job-1', key), 'base64')
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => unseal(bytes.subarray(0, length).toString('base64'), 'job-1', key)).toThrow(Error)
    }
  })
})
