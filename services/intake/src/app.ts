import { AppError, type ReportsAnswer } from '@baqylau/contracts'
import { answerSeveral, type Outcome } from './domain/batch-answer.ts'
import type { Item } from './domain/read-body.ts'
import { decideSubmission, type SubmissionKeys } from './domain/submission.ts'
import type { Clock, ReportLog } from './ports.ts'
import type { IntakeTelemetry } from './telemetry.ts'

export interface IntakeParts {
  readonly reportLog: ReportLog
  readonly keys: SubmissionKeys
  readonly now: Clock
  readonly telemetry: IntakeTelemetry
}

export interface Intake {
  /** Takes one report: resolves when it is in the event log, or with why it is not. */
  readonly submit: (value: unknown, author: string) => Promise<Outcome>
  /** Takes several: each for itself, answered in order. An outage that let none of them through is the whole answer. */
  readonly submitAll: (items: readonly Item[], author: string) => Promise<ReportsAnswer | AppError>
}

/** Reports that are checked at one go, some 15 ms: then others have their turn, `/healthz` among them. */
const REPORTS_AT_ONCE = 100
const otherWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Intake: checks each report by its form, makes it an event, appends that to the event log, and only then gives a receipt.
 * It keeps nothing, and never looks at what came before.
 */
export const createIntake = ({ reportLog, keys, now, telemetry }: IntakeParts): Intake => {
  const append = async (value: unknown, author: string): Promise<Outcome> => {
    const submission = decideSubmission(value, { author, receivedAt: now() }, keys)
    if (submission instanceof AppError) return submission
    try {
      await reportLog.append(submission.event)
      return submission.accepted
    } catch (error) {
      if (error instanceof AppError) return error
      throw error
    }
  }
  const take = async (item: Item, author: string): Promise<Outcome> => {
    const outcome = item.ok ? await append(item.value, author) : item.error
    if (outcome instanceof AppError) telemetry.refused(outcome.code)
    else telemetry.accepted()
    return outcome
  }
  return {
    submit: (value, author) => take({ ok: true, value }, author),
    submitAll: async (items, author) => {
      const outcomes: Promise<Outcome>[] = []
      for (const [index, item] of items.entries()) {
        if (index > 0 && index % REPORTS_AT_ONCE === 0) await otherWork()
        const outcome = take(item, author)
        // It may fail while others are begun. Only `Promise.all` below tells, and Node ends a process for what nobody heeds.
        outcome.catch(() => undefined)
        outcomes.push(outcome)
      }
      return answerSeveral(await Promise.all(outcomes))
    },
  }
}
