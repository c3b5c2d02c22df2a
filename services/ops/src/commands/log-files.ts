import type { Command } from 'commander'
import { AppError, TOPICS, topicSpecifications } from '@baqylau/contracts'
import { withDirectoryLock } from '../adapters/directory-lock.ts'
import { loadManifest, makeDirectory, removePartialFiles } from '../adapters/export-directory.ts'
import { openRecordProgress, type RecordProgress } from '../adapters/record-progress.ts'
import { withStopSignal } from '../adapters/stop-signals.ts'
import { openLogWriter, openWholeLog, type WholeLog } from '../adapters/whole-log.ts'
import { readLogFilesConfig, type LogFilesConfig } from '../config.ts'
import type { ExportManifest } from '../domain/export-manifest.ts'
import { exportLog, type ExportParts } from '../export-log.ts'
import { importLog } from '../import-log.ts'
import type { Outcome, Run } from '../outcome.ts'

const NOT_IN_IT =
  'The secret and the keys (SECRET_FILE, KEYS_FILE) are not in it: keep them beside it. Without that secret receipts are ' +
  'worthless, and repeated reports are not recognised.'

const stopped = (what: string): Outcome => ({
  document: { interrupted: true },
  text: `Stopped. The same command goes on with the ${what} where it was.`,
  exitCode: 1,
})

const unlessStopped = async (
  what: string,
  signal: AbortSignal,
  work: (progress: RecordProgress) => Promise<Outcome>,
): Promise<Outcome> => {
  const progress = openRecordProgress()
  try {
    return await work(progress)
  } catch (error) {
    if (signal.aborted && (error === signal.reason || (error as Error).name === 'AbortError'))
      return stopped(what)
    throw error
  } finally {
    progress.stop()
  }
}

/** The manifest that is there, of the same topics, or an empty one. @throws AppError `log_differs`. */
const beginManifest = async (
  directory: string,
  log: WholeLog,
  config: LogFilesConfig,
): Promise<ExportManifest> => {
  const prefix = config.KAFKA_TOPIC_PREFIX
  const topics = (await log.describe(topicSpecifications(prefix, config.KAFKA_PARTITIONS))).map(
    ({ topic, partitions, config: settings }) => ({
      topic: topic.slice(prefix.length),
      partitions,
      config: settings,
    }),
  )
  const found = loadManifest(directory)
  const updatedAt = new Date().toISOString()
  if (found === undefined) {
    const totals = { files: 0, records: 0, bytes: 0 }
    const inOrder = TOPICS.flatMap((name) => topics.filter(({ topic }) => topic === name))
    return { format: 'baqylau-log-1', topicPrefix: prefix, updatedAt, topics: inOrder, files: [], totals }
  }
  const isSame =
    found.topicPrefix === prefix &&
    found.topics.every(({ topic, partitions }) =>
      topics.some((each) => each.topic === topic && each.partitions === partitions),
    )
  if (isSame) return found
  throw new AppError(
    'log_differs',
    `${directory} holds an export of the topics ${found.topicPrefix}*, or of other partitions. Name another directory.`,
  )
}

const exportLocked = async (
  directory: string,
  config: LogFilesConfig,
  running: Pick<ExportParts, 'progress' | 'signal'>,
): Promise<Outcome> => {
  removePartialFiles(directory)
  const log = openWholeLog(config.KAFKA_BROKERS)
  const begun = await beginManifest(directory, log, config)
  const { KAFKA_TOPIC_PREFIX: topicPrefix } = config
  const { totals } = await exportLog(
    { ...running, directory, log, topicPrefix, now: () => new Date() },
    begun,
  )
  const added = totals.records - begun.totals.records
  return {
    document: { directory, ...totals, added, withoutSecret: true },
    text: `${directory} holds ${totals.records} messages in ${totals.files} files (${totals.bytes} bytes); ${added} are new.\n${NOT_IN_IT}`,
    exitCode: 0,
  }
}

/**
 * Writes what `directory` does not have yet of the log.
 * @throws AppError `already_running`, `log_differs`, `export_damaged`, `invalid_configuration`.
 */
export const exportTo = (directory: string, config: LogFilesConfig, signal: AbortSignal): Promise<Outcome> =>
  unlessStopped('export', signal, (progress) => {
    makeDirectory(directory)
    return withDirectoryLock(directory, () => exportLocked(directory, config, { progress, signal }))
  })

/** Puts an export back into topics that are empty. @throws AppError `log_differs`, `export_damaged`. */
export const importFrom = (
  directory: string,
  config: LogFilesConfig,
  signal: AbortSignal,
): Promise<Outcome> =>
  unlessStopped('import', signal, async (progress) => {
    const manifest = loadManifest(directory)
    if (manifest === undefined) {
      throw new AppError('invalid_configuration', `${directory} holds no manifest.json: it is no export.`)
    }
    const { KAFKA_BROKERS, KAFKA_TOPIC_PREFIX: topicPrefix } = config
    const writer = openLogWriter(KAFKA_BROKERS)
    try {
      const parts = { directory, log: openWholeLog(KAFKA_BROKERS), writer, topicPrefix, progress, signal }
      const { records, alreadyThere } = await importLog(parts, manifest)
      const renamed =
        manifest.topicPrefix === topicPrefix
          ? ''
          : `\nThe export is of the topics ${manifest.topicPrefix}*: its dead letters name those.`
      return {
        document: { directory, records, alreadyThere },
        text: `${records} messages are in their places; ${alreadyThere} of them were there before.\n${NOT_IN_IT}${renamed}`,
        exitCode: 0,
      }
    } finally {
      await writer.close()
    }
  })

export const addLogFilesCommands = (program: Command, run: Run): void => {
  program
    .command('export-log')
    .description('Write every topic to compressed files with a manifest, or add to them what came since.')
    .argument('<dir>', 'where the files are, or are to be')
    .addHelpText('after', `\nInterrupted, the same command goes on. ${NOT_IN_IT}`)
    .action((directory: string) =>
      run(() => withStopSignal((signal) => exportTo(directory, readLogFilesConfig(), signal))),
    )
  program
    .command('import-log')
    .description('Put an export back into an empty log: every message at its offset.')
    .argument('<dir>', 'an export')
    .addHelpText(
      'after',
      '\nThe topics must exist ("baqylau topics"), be empty, or hold what an interrupted import has put there. Stop every' +
        '\nstage first. Interrupted, the same command goes on.',
    )
    .action((directory: string) =>
      run(() => withStopSignal((signal) => importFrom(directory, readLogFilesConfig(), signal))),
    )
}
