import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Type } from '@sinclair/typebox'
import { AppError } from '@baqylau/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Environment, Port, readConfig, readConfiguredFile, sharedVariables } from './config.ts'

const schema = Type.Object({
  LOG_LEVEL: sharedVariables.LOG_LEVEL,
  KAFKA_BROKERS: sharedVariables.KAFKA_BROKERS,
  KEYS_FILE: sharedVariables.KEYS_FILE,
  LANDER_PORT: Port(8082),
  LANDER_BATCH_ROWS_MAX: Type.Integer({ minimum: 1, maximum: 100_000, default: 5000 }),
  LANDER_RATIO: Type.Number({ minimum: 0, default: 0.5 }),
  LANDER_DRY: Type.Boolean({ default: false }),
})
const read = (env: Environment) => readConfig(schema, 'LANDER_', { KEYS_FILE: 'keys.json', ...env })
const faultOf = (env: Environment): AppError => {
  try {
    read(env)
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('the configuration was taken')
}
/** The variables that a refusal names, in order. */
const namesOf = (env: Environment): readonly (string | undefined)[] =>
  faultOf(env)
    .message.split('\n')
    .slice(1)
    .map((line) => /^ {2}(\w+): \S/.exec(line)?.[1])

describe('the configuration of a service', () => {
  test('is its defaults where the environment says nothing', () => {
    expect(read({})).toEqual({
      LOG_LEVEL: 'info',
      KAFKA_BROKERS: '127.0.0.1:9092',
      KEYS_FILE: 'keys.json',
      LANDER_PORT: 8082,
      LANDER_BATCH_ROWS_MAX: 5000,
      LANDER_RATIO: 0.5,
      LANDER_DRY: false,
    })
  })

  test('is what the environment says, as numbers and booleans', () => {
    expect(
      read({
        LOG_LEVEL: 'debug',
        KAFKA_BROKERS: 'one:9092,two:9092',
        LANDER_PORT: '0',
        LANDER_BATCH_ROWS_MAX: '100000',
        LANDER_RATIO: '0.25',
        LANDER_DRY: 'true',
      }),
    ).toMatchObject({
      LOG_LEVEL: 'debug',
      KAFKA_BROKERS: 'one:9092,two:9092',
      LANDER_PORT: 0,
      LANDER_BATCH_ROWS_MAX: 100_000,
      LANDER_RATIO: 0.25,
      LANDER_DRY: true,
    })
  })

  test('takes an empty value as absent: the default, never 0', () => {
    expect(read({ LANDER_BATCH_ROWS_MAX: '', LANDER_PORT: '', LANDER_DRY: '', LOG_LEVEL: '' })).toEqual(
      read({}),
    )
  })

  test('misses a required variable that is empty', () => {
    expect(namesOf({ KEYS_FILE: '' })).toEqual(['KEYS_FILE'])
    expect(namesOf({ KEYS_FILE: undefined })).toEqual(['KEYS_FILE'])
  })

  test('does not look at what belongs to others', () => {
    expect(read({ INTAKE_PORT: 'x', PATH: '/bin', CLICKHOUSE_URL: 'nonsense' })).toEqual(read({}))
  })
})

describe('a configuration is refused', () => {
  test.each([
    ['0 where 1 is the least', { LANDER_BATCH_ROWS_MAX: '0' }],
    ['a negative number', { LANDER_BATCH_ROWS_MAX: '-1' }],
    ['a number past its bound', { LANDER_BATCH_ROWS_MAX: '100001' }],
    ['words for a number', { LANDER_BATCH_ROWS_MAX: 'many' }],
    ['white space for a number', { LANDER_BATCH_ROWS_MAX: ' ' }],
    ['half a row', { LANDER_BATCH_ROWS_MAX: '10.5' }],
    ['a number in another notation, which would be read as 1', { LANDER_BATCH_ROWS_MAX: '1e4' }],
    ['a number with its unit', { LANDER_BATCH_ROWS_MAX: '10k' }],
    ['a port that there is not', { LANDER_PORT: '65536' }],
    ['a word for a boolean', { LANDER_DRY: 'perhaps' }],
    ['a level that there is not', { LOG_LEVEL: 'loud' }],
    ['a broker without a port', { KAFKA_BROKERS: 'localhost' }],
    ['brokers with a space between them', { KAFKA_BROKERS: 'one:9092, two:9092' }],
    ['a name that begins like the service and is none of its own', { LANDER_BATCH_ROW_MAX: '10' }],
  ])('with %s', (_what, env: Environment) => {
    expect(namesOf(env)).toEqual(Object.keys(env))
    expect(faultOf(env).code).toBe('invalid_configuration')
  })

  test('with every fault at once, each named once', () => {
    const env = {
      KEYS_FILE: '',
      LOG_LEVEL: 'loud',
      LANDER_PORT: '99999',
      LANDER_BATCH_ROWS_MAX: '1.5',
      LANDER_UNKNOWN: '1',
    }
    expect(new Set(namesOf(env))).toEqual(new Set(Object.keys(env)))
    expect(faultOf(env).message).toMatch(/^The environment has 5 fault\(s\):\n/)
  })

  test('in words that do not repeat a value', () => {
    const { message } = faultOf({ KAFKA_BROKERS: 'user-and-password', LANDER_PORT: 'user-and-password' })
    expect(message).not.toContain('user-and-password')
  })

  test('but not for a shared name with the prefix of the service', () => {
    const atlas = Type.Object({ ATLAS_PORT: Port(8081) })
    const env = { ATLAS_PUBLIC_URL: 'https://atlas.example' }
    expect(readConfig(atlas, 'ATLAS_', env)).toEqual({ ATLAS_PORT: 8081 })
    expect(() => readConfig(atlas, 'ATLAS_', { ...env, ATLAS_PUBLIC_URI: '' })).toThrow('ATLAS_PUBLIC_URI')
  })
})

describe('a file that a variable names', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'baqylau-config-'))
  })
  afterAll(() => {
    rmSync(directory, { recursive: true })
  })

  test('is read', () => {
    const file = path.join(directory, 'secret')
    writeFileSync(file, 'content')
    expect(readConfiguredFile('SECRET_FILE', file)).toBe('content')
  })

  test.each([
    ['is not there', 'absent'],
    ['is a directory', '.'],
  ])('that %s is a fault of the variable', (_what, name) => {
    const file = path.join(directory, name)
    expect(() => readConfiguredFile('SECRET_FILE', file)).toThrow(
      `SECRET_FILE: ${file} cannot be read. Make it, or point SECRET_FILE elsewhere.`,
    )
  })
})
