import { AppError, formatReceipt, type Kind } from '@baqylau/contracts'
import { checkOrigin, type Identity } from '@baqylau/service-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { v7 as uuidV7 } from 'uuid'
import { faultsOnForm } from '../../domain/form/form-faults.ts'
import { closeRows, reportOfForm, type Typed } from '../../domain/form/read-form.ts'
import { boundForms, REPORT_FORM_BYTES_MAX } from './form-budget.ts'
import {
  frameOf,
  goTo,
  kindOf,
  type PageRoutesParts,
  REPORTING_ROLES,
  reporterOf,
  sendPage,
  typedIn,
} from './page-context.ts'
import { forgetReceipt, handOverReceipt, receivedReceipt } from './receipt-cookie.ts'
import { freshForm, renderReportPage } from './report-page.ts'
import { renderSentPage } from './sent-page.ts'

const RETRY_AFTER_SECONDS = 5

interface FilledForm {
  readonly kind: Kind
  readonly typed: Typed
  readonly reporter: Identity
}

const createRoutes = (parts: PageRoutesParts) => {
  const { sessions, intake } = parts

  /** The session's reporter, or that of a key that was entered in the form itself because the session had ended. */
  const reporterOfForm = async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Identity | undefined> => {
    const key = typedIn(request).get('key') ?? ''
    return (
      (await reporterOf(sessions, request)) ?? (await sessions.begin(key, REPORTING_ROLES, request, reply))
    )
  }

  const submit = async (request: FastifyRequest, reply: FastifyReply, form: FilledForm) => {
    const { kind, typed, reporter } = form
    const frame = frameOf(request, true)
    const { subject: author, keyId } = reporter
    const outcome = await intake.submit(reportOfForm(kind, typed, author), { author, keyId })
    if (!(outcome instanceof AppError)) {
      handOverReceipt(request, reply, outcome.receipt)
      return goTo(reply, '/sent', frame)
    }
    if (outcome.retryable) reply.header('retry-after', RETRY_AFTER_SECONDS)
    const fault = outcome.retryable
      ? { notice: frame.messages.unavailable }
      : { faults: faultsOnForm(kind, typed, outcome.faults) }
    return sendPage(reply, renderReportPage({ frame, kind, typed, ...fault }), outcome.status)
  }

  return {
    showEmpty: async (request: FastifyRequest, reply: FastifyReply) => {
      const frame = frameOf(request, true)
      const kind = kindOf(request)
      const reporter = await reporterOf(sessions, request)
      if (kind === undefined || reporter === undefined) return goTo(reply, '/', frame)
      const typed = freshForm(kind, uuidV7(), frame.language)
      return sendPage(reply, renderReportPage({ frame, kind, typed }))
    },
    /** The same form in another language, with what was typed so far. */
    showDraft: async (request: FastifyRequest, reply: FastifyReply) => {
      checkOrigin(request)
      const kind = kindOf(request)
      const frame = frameOf(request, (await reporterOf(sessions, request)) !== undefined)
      if (kind === undefined) return goTo(reply, '/', frame)
      return sendPage(reply, renderReportPage({ frame, kind, typed: closeRows(kind, typedIn(request)) }))
    },
    submitForm: async (request: FastifyRequest, reply: FastifyReply) => {
      checkOrigin(request)
      const kind = kindOf(request)
      const frame = frameOf(request, false)
      if (kind === undefined) return goTo(reply, '/', frame)
      const typed = closeRows(kind, typedIn(request))
      const reporter = await reporterOfForm(request, reply)
      if (reporter !== undefined) return submit(request, reply, { kind, typed, reporter })
      const { ended, refused } = frame.messages.key
      const keyFault = typed.has('key') ? refused : ended
      return sendPage(reply, renderReportPage({ frame, kind, typed, keyFault, notice: keyFault }), 401)
    },
    showReceipt: async (request: FastifyRequest, reply: FastifyReply) => {
      const frame = frameOf(request, (await reporterOf(sessions, request)) !== undefined)
      const receipt = receivedReceipt(request, parts.receiptKeys.check)
      if (receipt === undefined) {
        forgetReceipt(reply)
        return goTo(reply, '/', frame)
      }
      return sendPage(reply, renderSentPage(frame, formatReceipt(receipt), parts.receiptPageUrl))
    },
  }
}

/** The form of each kind, and the receipt. */
export const addReportRoutes = (server: FastifyInstance, parts: PageRoutesParts): void => {
  const hidden = { schema: { hide: true } }
  const posted = { ...hidden, bodyLimit: REPORT_FORM_BYTES_MAX, onRequest: boundForms(parts.sessions) }
  const { showEmpty, showDraft, submitForm, showReceipt } = createRoutes(parts)
  server.get('/report', hidden, showEmpty)
  server.post('/report', posted, submitForm)
  server.get('/report/draft', hidden, showEmpty)
  server.post('/report/draft', posted, showDraft)
  server.get('/sent', hidden, showReceipt)
}
