import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryReport, arbitraryReportOf } from '../testing/arbitrary-report.ts'
import { seizure } from '../testing/example-events.ts'
import { leastDetailsOf, withMembers } from '../testing/example-reports.ts'
import { hasReportForm } from './check-report.ts'
import { isOpenAlone, joinReport, splitReport } from './personal.ts'
import type { Report } from './report.ts'
import { KINDS } from './vocabulary.ts'

const PERSONAL_DETAILS = {
  assembly_arrest: 'caseNumber',
  premises_denial: 'candidate',
  voter_intimidation: 'words',
  media_access_denial: 'candidate',
  administrative_resource: 'onBehalfOf',
} as const
const PERSONAL_MEMBERS = ['narrative', 'reporter', 'evidence']

/** The personal parts of a report, by name. */
const personalOf = (report: Report): Readonly<Record<string, unknown>> => ({
  narrative: report.narrative,
  reporter: report.reporter,
  evidence: report.evidence,
  place: report.confidentiality === 'public' ? undefined : report.place,
})

describe('a report in two parts', () => {
  test('is split so', () => {
    expect(splitReport({ ...seizure, evidence: [...seizure.evidence], reportId: 'id', revision: 1 })).toEqual(
      {
        open: {
          kind: 'press_seizure',
          occurred: { from: '2005-10-19', precision: 'day' },
          confidentiality: 'restricted',
          details: { outlet: 'Свобода слова', copiesSeized: 50_000 },
        },
        personal: {
          place: { text: 'Алматы', lat: 43.25, lon: 76.95 },
          narrative: 'Видел, как пачки перегружали в другую машину.',
          reporter: 'R-107',
          evidence: seizure.evidence,
        },
      },
    )
  })

  test.each(KINDS)('is whole again when joined, less what its envelope has: %s', (kind) => {
    fc.assert(
      fc.property(arbitraryReportOf(kind), (report) => {
        const { open, personal } = splitReport(report)
        const { reportId: _reportId, revision: _revision, ...rest } = report
        const joined = joinReport(open, personal)
        expect(joined).toEqual(rest)
        expect(hasReportForm(joined)).toBe(true)
      }),
    )
  })

  test('is not changed by being split', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const before = structuredClone(report)
        splitReport(report)
        expect(report).toEqual(before)
      }),
    )
  })
})

describe('the open part', () => {
  test('has nothing that the personal part has', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const { open, personal } = splitReport(report)
        const both = Object.keys(open).filter((name) => name in personal)
        expect(both.filter((name) => name !== 'details')).toEqual([])
        expect(Object.keys(open.details).filter((name) => name in (personal.details ?? {}))).toEqual([])
      }),
    )
  })

  test('has no narrative, reporter or evidence, and no place unless the report is public', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const { open, personal } = splitReport(report)
        for (const name of PERSONAL_MEMBERS) expect(open).not.toHaveProperty(name)
        expect('place' in open).toBe(report.confidentiality === 'public')
        for (const [name, value] of Object.entries(personalOf(report)))
          expect(personal[name as keyof typeof personal]).toEqual(value)
      }),
    )
  })

  test.each(Object.entries(PERSONAL_DETAILS))('of a %s has no %s', (kind, name) => {
    const details = { ...leastDetailsOf[kind as keyof typeof PERSONAL_DETAILS], [name]: 'Someone' }
    const { open, personal } = splitReport(withMembers({ kind, details }) as Report)
    expect(open.details).not.toHaveProperty(name)
    expect(personal.details).toEqual({ [name]: 'Someone' })
  })

  test.each(['restricted', 'secret', undefined] as const)(
    'has no place when confidentiality is %s',
    (word) => {
      const { open } = splitReport({
        ...(withMembers({}) as Report),
        ...(word === undefined ? {} : { confidentiality: word }),
      })
      expect(open).not.toHaveProperty('place')
    },
  )

  test('of a secret report has nothing that somebody wrote in words', () => {
    const MARK = 'written by somebody'
    const listed = /^(?:[a-z_]+|\d{4}-.*)$/
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const secret = {
          ...report,
          confidentiality: 'secret',
          statedReason: MARK,
          legalBasis: [MARK],
        } as Report
        const { open } = splitReport(secret)
        expect(JSON.stringify(open)).not.toContain(MARK)
        const words = Object.values(open.details)
          .flat()
          .filter((value) => typeof value === 'string')
        for (const word of words) expect(word).toMatch(listed)
      }),
    )
  })

  test('is known as such, and what is not is known too', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const { open } = splitReport(report)
        expect(isOpenAlone(open)).toBe(true)
        expect(isOpenAlone({ ...open, narrative: 'told' } as typeof open)).toBe(false)
        expect(isOpenAlone({ ...open, kind: 'premises_denial', details: { candidate: 'named' } })).toBe(false)
      }),
    )
  })

  test('of a tally keeps the candidates, who stand on a public ballot', () => {
    const votes = [{ candidate: 'A', votes: 1 }]
    const { open, personal } = splitReport(withMembers({ kind: 'vote_tally', details: { votes } }) as Report)
    expect(open.details).toEqual({ votes })
    expect(personal).not.toHaveProperty('details')
  })
})
