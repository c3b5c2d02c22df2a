import {
  formatReceipt,
  makeReceipt,
  type ReceiptKeys,
  type ReportAccepted,
  receiptHashOf,
  type SenderEvent,
  type SenderParts,
} from '@baqylau/contracts'

export interface IntakeKeys {
  readonly receipts: ReceiptKeys
  readonly contentHash: Uint8Array
}

/** Who sends something, by which key. */
export interface Sender {
  /** The lasting subject of the key or session, or whom an operator acts for. */
  readonly author: string
  readonly keyId: string
}

export interface Arrival extends Sender {
  readonly receivedAt: Date
}

/** What is good by its form: the event that it becomes, and what its sender is told once that is durable. */
export interface Acceptance<Event extends SenderEvent = SenderEvent> {
  readonly event: Event
  readonly accepted: ReportAccepted
}

/** The same content for the same report and author always gives the same event and receipt, whenever and by whichever key. */
export const acceptAs = <Event extends SenderEvent>(
  eventOf: (parts: SenderParts) => Event,
  content: { readonly reportId: string; readonly contentHash: string },
  arrival: Arrival,
  { receipts }: IntakeKeys,
): Acceptance<Event> => {
  const receipt = makeReceipt(content.reportId, arrival.author, receipts)
  const event = eventOf({ ...content, ...arrival, receiptHash: receiptHashOf(receipt) })
  const { subject: reportId, revision, id: eventId } = event
  return { event, accepted: { reportId, revision, eventId, receipt: formatReceipt(receipt) } }
}
