import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { jsonSchemas } from '@baqylau/contracts'
import type { Outcome, Run } from '../outcome.ts'

const write = (directory: string): readonly string[] =>
  Object.entries(jsonSchemas()).flatMap(([group, schemas]) => {
    mkdirSync(path.join(directory, group), { recursive: true })
    return Object.entries(schemas).map(([name, schema]) => {
      const file = path.join(directory, group, `${name}.json`)
      writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`)
      return file
    })
  })

/** The JSON Schemas of every contract: as one document, or as files `DIR/<group>/<name>.json`. */
export const exportSchemas = (directory?: string): Outcome => {
  if (directory === undefined) {
    const schemas = jsonSchemas()
    return { document: schemas, text: JSON.stringify(schemas, null, 2), exitCode: 0 }
  }
  const files = write(directory)
  return { document: { files }, text: files.join('\n'), exitCode: 0 }
}

export const addSchemaCommand = (program: Command, run: Run): void => {
  program
    .command('schema')
    .description('Show the JSON Schemas of all commands, reports, events, answers and rows.')
    .option('--out <dir>', 'write them as files <dir>/<group>/<name>.json instead')
    .action(({ out }: { out?: string }) => run(() => exportSchemas(out)))
}
