import { AppError, type ReportsAnswer } from '@baqylau/contracts'
import type { Acceptance, Arrival, IntakeKeys, Sender } from './domain/acceptance.ts'
import { answerSeveral, type Outcome } from './domain/batch-answer.ts'
import { decideAmendment, decideRetraction, type LaterRevision } from './domain/later-revision.ts'
import type { Item } from './domain/read-body.ts'
import { decideSubmission } from './domain/submission.ts'
import type { Clock, ReportLog } from './ports.ts'
import type { IntakeTelemetry } from './telemetry.ts'

export interface IntakeParts {
  readonly reportLog: ReportLog
  readonly keys: IntakeKeys
  readonly now: Clock
  readonly telemetry: IntakeTelemetry
}

/** Each call resolves when what was sent is in the event log, or with why it is not. */
export interface Intake {
  /** Takes one report. */
  readonly submit: (value: unknown, sender: Sender) => Promise<Outcome>
  /** Takes several: each for itself, answered in order. An outage that let none of them through is the whole answer. */
  readonly submitAll: (items: readonly Item[], sender: Sender) => Promise<ReportsAnswer | AppError>
  /** Takes a later revision of a report, whole. That the sender may speak for its author is known already. */
  readonly amend: (revision: LaterRevision, sender: Sender) => Promise<Outcome>
  /** Takes a report back. */
  readonly retract: (revision: LaterRevision, sender: Sender) => Promise<Outcome>
}

/** Reports that are checked at one go, some 15 ms: then others have their turn, `/healthz` among them. */
const REPORTS_AT_ONCE = 100
const otherWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Decide = (arrival: Arrival) => Acceptance | AppError

/**
 * Intake: checks what comes by its form, makes it an event, appends that to the event log, and only then gives a receipt.
 * It keeps nothing, and never looks at what came before.
 */
export const createIntake = ({ reportLog, keys, now, telemetry }: IntakeParts): Intake => {
  const append = async (decide: Decide, sender: Sender): Promise<Outcome> => {
    const acceptance = decide({ ...sender, receivedAt: now() })
    if (acceptance instanceof AppError) return acceptance
    try {
      await reportLog.append(acceptance.event)
      return acceptance.accepted
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
  }
  const take = async (decide: Decide, sender: Sender): Promise<Outcome> => {
    const outcome = await append(decide, sender)
    if (outcome instanceof AppError) telemetry.refused(outcome.code)
    else telemetry.accepted()
    return outcome
  }
  const submitItem = (item: Item, sender: Sender): Promise<Outcome> =>
    take((arrival) => (item.ok ? decideSubmission(item.value, arrival, keys) : item.error), sender)
  return {
    submit: (value, sender) => submitItem({ ok: true, value }, sender),
    submitAll: async (items, sender) => {
      const outcomes: Promise<Outcome>[] = []
      for (const [index, item] of items.entries()) {
        if (index > 0 && index % REPORTS_AT_ONCE === 0) await otherWork()
        const outcome = submitItem(item, sender)
        // It may fail while others are begun. Only `Promise.all` below tells, and Node ends a process for what nobody heeds.
        outcome.catch(() => undefined)
        outcomes.push(outcome)
      }
      return answerSeveral(await Promise.all(outcomes))
    },
    amend: (revision, sender) => take((arrival) => decideAmendment(revision, arrival, keys), sender),
    retract: (revision, sender) => take((arrival) => decideRetraction(revision, arrival, keys), sender),
  }
}
