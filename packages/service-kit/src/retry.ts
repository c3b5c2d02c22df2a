import { AppError } from '@baqylau/contracts'
import pRetry from 'p-retry'

export interface RetryOptions {
  /** Ends the trying: the promise rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Told of each failure, before the wait. */
  readonly onFault: (error: AppError) => void
}

const isPassing = (error: unknown): error is AppError => error instanceof AppError && error.retryable

/**
 * Tries `work` until it succeeds, as long as it fails with what may pass (a retryable AppError): with back-off from 0.2 to
 * 5 seconds, and jitter. Any other error is thrown at once. Its bound is the caller: nothing more is taken in meanwhile.
 */
export const untilItPasses = <Result>(
  work: () => Promise<Result>,
  { signal, onFault }: RetryOptions,
): Promise<Result> =>
  pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 200,
    maxTimeout: 5000,
    factor: 2,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => isPassing(error),
    onFailedAttempt: ({ error }) => {
      if (isPassing(error)) onFault(error)
    },
  })
