import { describe, expect, it } from 'vitest'
import { readStatement, requireReading } from './statement.ts'

describe('readStatement', () => {
  it.each([
    ['INSERT INTO t FORMAT JSONEachRow', 'insert-with-data'],
    ['insert into t (a, b) settings async_insert = 0 format RowBinary ', 'insert-with-data'],
    ['INSERT INTO t VALUES', 'insert-with-data'],
    ["INSERT INTO t VALUES (1, 'FORMAT CSV')", 'insert'],
    ['INSERT INTO t SELECT 1', 'insert'],
    ['/* INSERT INTO t */ SELECT 1', 'other'],
  ])('%s is %s', (sql, kind) => {
    expect(readStatement(sql).kind).toBe(kind)
  })

  it.each([
    ['SELECT 1 FORMAT JSON', 'JSON'],
    ['SELECT 1 FORMAT JSONEachRow SETTINGS max_threads = 1;', 'JSONEachRow'],
    ["SELECT ' FORMAT JSON'", undefined],
    ['SELECT 1 -- FORMAT JSON', undefined],
    ['SELECT format FROM t', undefined],
  ])('%s names the format %s', (sql, format) => {
    expect(readStatement(sql).format).toBe(format)
  })

  it.each(['', '  \n', '-- nothing', '/* nothing */'])('refuses %j as empty', (sql) => {
    expect(() => readStatement(sql)).toThrow('Empty query')
  })

  it('refuses two statements, and takes a semicolon at the end or in a literal', () => {
    expect(() => readStatement('SELECT 1; DROP TABLE t')).toThrow('Multi-statements')
    expect(() => readStatement('SELECT 1;')).not.toThrow()
    expect(() => readStatement(`SELECT ';x', "a;b", \`c;d\` -- e;f`)).not.toThrow()
  })
})

describe('requireReading', () => {
  it.each([
    'SELECT 1',
    '  (select 1)',
    'WITH 1 AS x SELECT x',
    'EXPLAIN SELECT 1',
    'SHOW TABLES',
    "SELECT 'into outfile'",
  ])('lets %s through', (sql) => {
    expect(() => requireReading(readStatement(sql))).not.toThrow()
  })

  it.each([
    'INSERT INTO t SELECT 1',
    "INSERT INTO FUNCTION file('x.csv') SELECT 1",
    'DROP TABLE t',
    'KILL QUERY WHERE 1',
    'SET max_threads = 1',
    "SELECT 1 INTO OUTFILE 'x'",
    "SELECT 1 INTO /* a comment */ OUTFILE 'x'",
  ])('refuses %s', (sql) => {
    expect(() => requireReading(readStatement(sql))).toThrow('readonly')
  })
})
