import type { ReceiptKeys } from '@baqylau/contracts'

export type Header = readonly [name: string, value: string]

export interface FuzzRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly Header[]
  readonly body: Buffer
  /** Bytes that are written as they stand: what no client would send. */
  readonly raw?: Buffer
}

/** Whose keys there are. */
export interface Senders {
  readonly keys: Readonly<Record<'field' | 'operator' | 'analyst', string>>
  /** The subjects of the keys that may report. */
  readonly subjects: Readonly<Record<'field' | 'operator', string>>
  readonly receiptKeys: ReceiptKeys
}
