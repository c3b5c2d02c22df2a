import { AppError } from '@baqylau/contracts'
import { untilItPasses } from '@baqylau/service-kit'

/** Servers that have just started say for a moment that they are not ready; an operator waits this long, and no longer. */
const PATIENCE_MS = 5000

/** Tries `work` again while it fails with what may pass, for five seconds; then throws what went wrong last. */
export const withPatience = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  let last: AppError | undefined
  try {
    return await untilItPasses(work, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      onFault: (error) => {
        last = error
      },
    })
  } catch (error) {
    throw error instanceof AppError ? error : (last ?? error)
  }
}
