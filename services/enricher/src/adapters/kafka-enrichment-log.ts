import { replayHeaders, topicName } from '@baqylau/contracts'
import { deadLetterRecord, type LogAppender } from '@baqylau/kafka'
import type { EnrichmentLog } from '../ports.ts'

/** Enrichments and dead letters of a job in one append: they are acknowledged together. */
export const kafkaEnrichmentLog = (log: LogAppender, topicPrefix: string): EnrichmentLog => {
  const enrichments = topicName(topicPrefix, 'enrichments')
  return {
    append: (enriched, deadLetters) =>
      log.append([
        ...enriched.map(({ event, replayOf }) => ({
          topic: enrichments,
          key: event.subject,
          value: JSON.stringify(event),
          ...(replayOf && { headers: replayHeaders(replayOf) }),
        })),
        ...deadLetters.map((letter) => deadLetterRecord(letter, topicPrefix)),
      ]),
  }
}
