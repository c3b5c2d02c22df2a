import type { ProgressWatch } from '@baqylau/service-kit'
import type { Landing } from '../ports.ts'

/** A landing whose calls count as progress, or as being stuck when one does not end. */
export const watchedLanding = (landing: Landing, progress: Pick<ProgressWatch, 'during'>): Landing => ({
  insert: (rows) => progress.during(landing.insert(rows)),
  check: () => progress.during(landing.check()),
  close: (rows) => progress.during(landing.close(rows)),
})
