import { AppError } from '@baqylau/contracts'
import { type LogAdmin, openAdmin } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'
import { withPatience } from './patience.ts'

/** Standard output is the command's answer, so the client's own log is silent: what it could not do, it throws. */
const { log } = createTelemetry('ops', 'silent')

const asAppError = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError(
        'log_unavailable',
        `Kafka does not do what it is asked: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )

/**
 * Connects to the brokers for the time of `work`, which is tried again while they are not ready: it must be harmless twice.
 * @throws AppError `log_unavailable` when they do not do what is asked.
 */
export const withLogAdmin = <Result>(
  brokers: string,
  work: (admin: LogAdmin) => Promise<Result>,
): Promise<Result> =>
  withPatience(async () => {
    const admin = await openAdmin({ brokers, clientId: 'baqylau-ops', log })
    try {
      return await work(admin)
    } catch (error) {
      throw asAppError(error)
    } finally {
      await admin.close()
    }
  })
