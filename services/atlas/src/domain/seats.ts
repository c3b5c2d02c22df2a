/** Where the seat of an akimat is: WGS 84, degrees. */
export interface Seat {
  readonly code: string
  readonly lat: number
  readonly lon: number
}

/** The seats of today's akimats. From GeoNames (https://www.geonames.org, CC BY 4.0). */
export const seatsToday: readonly Seat[] = [
  { code: 'KZ-10', lat: 50.421, lon: 80.25 },
  { code: 'KZ-11', lat: 53.284, lon: 69.394 },
  { code: 'KZ-15', lat: 50.28, lon: 57.207 },
  { code: 'KZ-19', lat: 43.867, lon: 77.063 },
  { code: 'KZ-23', lat: 47.105, lon: 51.884 },
  { code: 'KZ-27', lat: 51.246, lon: 51.426 },
  { code: 'KZ-31', lat: 42.898, lon: 71.373 },
  { code: 'KZ-33', lat: 45.016, lon: 78.374 },
  { code: 'KZ-35', lat: 49.802, lon: 73.102 },
  { code: 'KZ-39', lat: 53.214, lon: 63.625 },
  { code: 'KZ-43', lat: 44.853, lon: 65.509 },
  { code: 'KZ-47', lat: 43.661, lon: 51.174 },
  { code: 'KZ-55', lat: 52.276, lon: 76.969 },
  { code: 'KZ-59', lat: 54.873, lon: 69.151 },
  { code: 'KZ-61', lat: 43.295, lon: 68.257 },
  { code: 'KZ-62', lat: 47.794, lon: 67.706 },
  { code: 'KZ-63', lat: 49.971, lon: 82.606 },
  { code: 'KZ-71', lat: 51.18, lon: 71.446 },
  { code: 'KZ-75', lat: 43.252, lon: 76.912 },
  { code: 'KZ-79', lat: 42.31, lon: 69.6 },
]
