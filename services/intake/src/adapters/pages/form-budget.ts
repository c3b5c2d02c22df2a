import { REPORT_BYTES_MAX } from '@baqylau/contracts'
import type { Sessions } from '@baqylau/service-kit'
import type { onRequestAsyncHookHandler } from 'fastify'
import { createBodyBudget } from '../body-budget.ts'
import { reporterOf } from './page-context.ts'

/**
 * A form that is a key, or nothing. No room is set aside for so little, less than the head of a request may come to: a
 * budget that strangers can use up would only help them to keep others from entering a key.
 */
export const KEY_FORM_BYTES_MAX = 4096
/** A form that is a report, as a browser sends it. */
export const REPORT_FORM_BYTES_MAX = REPORT_BYTES_MAX

const REPORTERS_BYTES_MAX = 64 * REPORT_FORM_BYTES_MAX
const OTHERS_BYTES_MAX = 16 * REPORT_FORM_BYTES_MAX

/**
 * A hook that bounds the memory of all forms in hand. Somebody whose session ended while the form was filled in may still
 * send it, with the key; so may anybody who has none. They have a budget of their own, and cannot keep out those who have a
 * session. @throws AppError `overloaded`.
 */
export const boundForms = (sessions: Sessions): onRequestAsyncHookHandler => {
  const ofReporters = createBodyBudget(REPORTERS_BYTES_MAX)
  const ofOthers = createBodyBudget(OTHERS_BYTES_MAX)
  return async (request, reply) => {
    const reporter = await reporterOf(sessions, request)
    const fault = (reporter === undefined ? ofOthers : ofReporters)(request, reply)
    if (fault !== undefined) throw fault
  }
}
