import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIntakeClient } from '../adapters/intake-client.ts'
import { withLogAdmin } from '../adapters/log-admin.ts'
import { identify } from '../adapters/submission-files.ts'
import { type IntakeAccess, readTopicsConfig } from '../config.ts'
import { addKey, initKeys } from './keys.ts'
import { submitFile } from './submit.ts'
import { ensureTopics } from './topics.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'ops-submit-'))
const prefix = `ops-submit-${randomUUID()}.`
const files = { KEYS_FILE: path.join(directory, 'keys.json'), SECRET_FILE: path.join(directory, 'secret') }
const topics = readTopicsConfig({ ...process.env, KAFKA_TOPIC_PREFIX: prefix, KAFKA_PARTITIONS: '1' })

let intake: ChildProcess
let access: IntakeAccess

const startIntake = (): Promise<string> => {
  intake = spawn(process.execPath, [fileURLToPath(new URL('../../../intake/src/main.ts', import.meta.url))], {
    env: { ...process.env, ...files, KAFKA_TOPIC_PREFIX: prefix, INTAKE_PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { promise: address, resolve, reject } = Promise.withResolvers<string>()
  intake.stdout?.on('data', (chunk: Buffer) => {
    const port = /"address":"http:\/\/[^"]*:(\d+)"/.exec(chunk.toString())?.[1]
    if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
  })
  intake.once('exit', () => reject(new Error('intake ended before it listened')))
  return address
}

const reports = async (): Promise<number> => {
  const counts = await withLogAdmin(topics.KAFKA_BROKERS, (admin) => admin.recordCounts([`${prefix}reports`]))
  return counts.get(`${prefix}reports`) ?? 0
}

const report = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    reportId: randomUUID(),
    kind: 'vote_tally',
    occurred: { from: '2005-12-04', precision: 'day' },
    place: { text: 'Алматы' },
    details: { votes: [{ candidate: 'A', votes: 1 }] },
    synthetic: true,
    ...changes,
  })

const fileOf = (name: string, lines: readonly string[]): string => {
  const file = path.join(directory, name)
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  return file
}

beforeAll(async () => {
  await ensureTopics(topics)
  initKeys(files)
  const { document } = addKey(files, { role: 'field', subject: 'R-107', days: 1 }, Date.now())
  access = { url: await startIntake(), key: (document as { key: string }).key }
})
afterAll(async () => {
  const ended = once(intake, 'exit')
  intake.kill('SIGTERM')
  await ended
  rmSync(directory, { recursive: true })
})

test('sends a file, keeps receipts when asked to, and leaves no state behind', async () => {
  const before = await reports()
  const file = fileOf(
    'good.ndjson',
    Array.from({ length: 701 }, () => report()),
  )
  const receipts = path.join(directory, 'receipts.ndjson')
  const { document, exitCode } = await submitFile(file, access, { receipts })
  expect(document).toMatchObject({ accepted: 701, refused: 0, resumedAtLine: null })
  expect(exitCode).toBe(0)
  expect((await reports()) - before).toBe(701)
  const kept = readFileSync(receipts, 'utf8').trimEnd().split('\n')
  expect(kept).toHaveLength(701)
  expect(JSON.parse(kept[700] ?? '')).toMatchObject({ line: 701, revision: 1 })
  expect(statSync(receipts).mode & 0o777).toBe(0o600)
  expect(existsSync(`${file}.submission.json`)).toBe(false)
})

test('says which lines were refused, and sends those beside them', async () => {
  const before = await reports()
  const bad = [report({ kind: 'unknown' }), 'not JSON', report({ revision: 2 })]
  const file = fileOf('mixed.ndjson', [report(), ...bad, '', report()])
  const { document, exitCode } = await submitFile(file, access, {})
  expect(document).toMatchObject({ accepted: 2, refused: 3, refusedFile: `${file}.refused.ndjson` })
  expect(exitCode).toBe(2)
  expect((await reports()) - before).toBe(2)
  const refused = readFileSync(`${file}.refused.ndjson`, 'utf8').trimEnd().split('\n')
  expect(refused.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { line: 2, problem: { code: 'invalid_report' } },
    { line: 3, problem: { code: 'not_json' } },
    { line: 4, problem: { code: 'revision_not_first' } },
  ])
})

test('goes on where an interrupted run of the same file ended', async () => {
  const before = await reports()
  const file = fileOf(
    'interrupted.ndjson',
    Array.from({ length: 1200 }, () => report()),
  )
  const post = createIntakeClient(access)
  let requests = 0
  const interrupted = submitFile(file, access, {}, async (lines) => {
    requests += 1
    if (requests === 2) throw new Error('the lights went out')
    return post(lines)
  })
  await expect(interrupted).rejects.toThrow('the lights went out')
  expect((await reports()) - before).toBe(500)
  const { document } = await submitFile(file, access, {})
  expect(document).toMatchObject({ accepted: 1200, refused: 0, resumedAtLine: 501 })
  expect((await reports()) - before).toBe(1200)
})

test('stops at once when the key is not known', async () => {
  const file = fileOf('stranger.ndjson', [report()])
  await expect(submitFile(file, { ...access, key: 'bq_field_none' }, {})).rejects.toMatchObject({
    code: 'unauthenticated',
  })
})

test('a file is known by its size, its time and its beginning', () => {
  const file = fileOf('identity.ndjson', ['one'])
  const identity = identify(file)
  expect(identify(file)).toEqual(identity)
  writeFileSync(file, 'two\n')
  expect(identify(file).headSha256).not.toBe(identity.headSha256)
  expect(() => identify(path.join(directory, 'none'))).toThrow(/cannot be read/)
})
