import { REPORT_TOPICS } from '../adapters/verified-log.ts'
import { placeOf } from '../domain/log-stretch.ts'
import { AKIMAT_ROWS } from '../domain/verification/akimat-names.ts'
import type { CaughtUp } from './caught-up.ts'
import { explainBlock } from './explanations.ts'
import type { Sides } from './sides.ts'

const BLOCKS_EXPLAINED_MAX = 20

/** Compares `report_events` with the log, position by position where a block of them differs. */
export const compareEvents = async (sides: Sides, { ends }: CaughtUp): Promise<void> => {
  const inTopics = ends.filter(({ topic }) => sides.log.topics(REPORT_TOPICS).includes(topic))
  const stray = await sides.views.strayEvents(inTopics)
  if (stray > 0) sides.tally.add({ kind: 'event_extra', count: stray })
  const differing = sides.blocks.differing(await sides.views.eventBlocks(inTopics))
  for (const [index, block] of differing.entries()) {
    if (index >= BLOCKS_EXPLAINED_MAX) sides.tally.add({ kind: 'event_differs' })
    else for (const difference of await explainBlock(block, inTopics, sides)) sides.tally.add(difference)
  }
}

/** Rows of positions that the log has not come to. ClickHouse is asked first: what has landed by then is in the log. */
export const compareBeyondEnds = async ({ log, views, tally }: Sides): Promise<void> => {
  const last = await views.lastEvents()
  const ends = new Map(
    (await log.ends(REPORT_TOPICS)).map(({ topic, partition, high }) => [placeOf(topic, partition), high]),
  )
  for (const { topic, partition, offset } of last) {
    const high = ends.get(placeOf(topic, partition))
    if (high === undefined || BigInt(offset) < high) continue
    const count = await views.eventsFrom(topic, partition, high)
    tally.add({ kind: 'event_extra', position: { topic, partition, offset }, count })
  }
}

/** The names and periods of the akimats, as the registry has them. */
export const compareAkimats = async ({ views, tally }: Sides): Promise<void> => {
  const found = new Map<string, string>()
  for (const row of await views.akimatRows()) found.set(`${row.code} ${row.valid_from}`, JSON.stringify(row))
  for (const row of AKIMAT_ROWS) {
    const name = `${row.code} ${row.valid_from}`
    if (found.get(name) !== JSON.stringify(row)) tally.add({ kind: 'akimat_differs', regionCode: row.code })
    found.delete(name)
  }
  if (found.size > 0) tally.add({ kind: 'akimat_differs', count: found.size })
}
