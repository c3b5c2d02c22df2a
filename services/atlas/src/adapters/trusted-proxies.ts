import { isIP } from 'node:net'
import { AppError } from '@baqylau/contracts'

const isRange = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  if (bits === undefined) return true
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/**
 * The addresses and CIDR ranges of a list with commas between them; none when it is empty. A range of every address cannot
 * be said: then anybody could say to be anybody.
 * @throws AppError `invalid_configuration` that names what is neither.
 */
export const trustedProxiesOf = (list: string): readonly string[] => {
  const ranges = list
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
  const wrong = ranges.filter((text) => !isRange(text))
  if (wrong.length === 0) return ranges
  throw new AppError(
    'invalid_configuration',
    `ATLAS_TRUSTED_PROXIES: ${wrong.join(', ')} is neither an address nor a range such as 10.0.0.0/8.`,
  )
}
