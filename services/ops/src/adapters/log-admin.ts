import { type LogAdmin, openAdmin } from '@baqylau/kafka'
import { createTelemetry } from '@baqylau/service-kit'

/** Standard output is the command's answer, so the client's own log is silent: what it could not do, it throws. */
const { log } = createTelemetry('ops', 'silent')

/** Connects to the brokers for the time of `work`. @throws AppError `log_unavailable` when none answers. */
export const withLogAdmin = async <Result>(
  brokers: string,
  work: (admin: LogAdmin) => Promise<Result>,
): Promise<Result> => {
  const admin = await openAdmin({ brokers, clientId: 'baqylau-ops', log })
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}
