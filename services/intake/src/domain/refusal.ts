import { AppError, type ErrorCode, type Fault } from '@baqylau/contracts'

/** A refusal that tells every fault at once, each with its place. */
export const refusalOf = (code: ErrorCode, faults: readonly Fault[]): AppError =>
  new AppError(code, faults.map(({ path, message }) => `${path} ${message}`).join('; '), { faults })
