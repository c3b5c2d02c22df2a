import type { LogPosition } from '@baqylau/contracts'

/** A place in the log, as it is shown and compared: `baqylau.reports/3/41`. */
export const positionName = ({ topic, partition, offset }: LogPosition): string =>
  `${topic}/${partition}/${String(BigInt(offset))}`
