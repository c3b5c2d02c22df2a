import { type ReceiptAnswer, STAGES } from '@baqylau/contracts'
import { namesOn } from './akimat-names.ts'

/** How a report stands in the read side. */
export interface ReceiptStanding {
  readonly retracted: boolean
  /** One of STAGES. */
  readonly stage: number
  /** '' when it was not placed. */
  readonly regionCode: string
  readonly day: string
}

const statusOf = ({ retracted, stage }: ReceiptStanding): ReceiptAnswer['status'] => {
  if (retracted) return 'retracted'
  if (stage === STAGES.enriched) return 'enriched'
  return stage === STAGES.enrichmentFailed ? 'enrichment_failed' : 'landed'
}

/** What a valid receipt tells. Its report may be on the way still: the log has it, the read side not yet. */
export const receiptAnswerOf = (standing: ReceiptStanding | undefined): ReceiptAnswer => {
  if (standing === undefined) return { status: 'accepted', placedIn: null }
  const status = statusOf(standing)
  const { regionCode, day } = standing
  const names = status === 'enriched' ? namesOn(regionCode, day) : null
  return { status, placedIn: names === null ? null : { regionCode, names } }
}
