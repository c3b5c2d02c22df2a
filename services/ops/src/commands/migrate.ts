import type { Command } from 'commander'
import { akimats } from '@baqylau/akimats'
import { type ClickHouse, migrate } from '@baqylau/clickhouse'
import { fillAkimats } from '../adapters/akimats-table.ts'
import { withClickHouse } from '../adapters/read-side.ts'
import { type MigrateConfig, MIGRATIONS_DIRECTORY, readMigrateConfig } from '../config.ts'
import { akimatRow } from '../domain/akimat-rows.ts'
import type { Outcome, Run } from '../outcome.ts'

/** A migration may copy every report into a new table. Cut off, it would start over, and never get done. */
const REQUEST_MS_MAX = 1_800_000

/**
 * Applies the migrations of `directory` that ClickHouse has not had, then fills its table of akimats from the registry.
 * @throws AppError `read_side_not_ready` when an applied migration was changed since; then nothing is applied.
 */
export const migrateReadSide = (
  config: MigrateConfig,
  directory = MIGRATIONS_DIRECTORY,
): Promise<Outcome> => {
  const work = async (clickhouse: ClickHouse): Promise<Outcome> => {
    const applied = await migrate(clickhouse, directory)
    await fillAkimats(clickhouse, akimats.map(akimatRow))
    const done = applied.length === 0 ? 'No migration was missing.' : `Applied ${applied.join(', ')}.`
    return {
      document: { applied, akimatPeriods: akimats.length },
      text: `${done} The registry of akimats has ${akimats.length} periods.`,
      exitCode: 0,
    }
  }
  return withClickHouse(config, work, REQUEST_MS_MAX)
}

export const addMigrateCommand = (program: Command, run: Run): void => {
  program
    .command('migrate')
    .description("Apply the migrations that ClickHouse has not had, and fill in the akimats' names.")
    .addHelpText('after', '\nRunning it again, also after an interruption, is safe.')
    .action(() => run(() => migrateReadSide(readMigrateConfig())))
}
