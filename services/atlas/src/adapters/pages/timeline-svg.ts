import { html } from 'ghtml'
import { markedDays } from '../../domain/election-days.ts'
import type { Bin, Timeline } from '../../domain/timeline.ts'
import type { Reader } from './reader.ts'

const WIDTH = 800
const HEIGHT = 260
const PLOT = { left: 58, right: 792, top: 34, bottom: 220 } as const
const TICKS = 4

const round = (value: number): number => Math.round(value * 10) / 10
const totalOf = ({ exact, approximate }: Bin): number => exact + approximate

const AXIS_STEPS = [1, 2, 3, 4, 5, 6, 8, 10]

/** The least of 1, 2, 3, 4, 5, 6, 8, 10, 20, 30 … that is not below the greatest count: no bar passes the axis. */
const axisTop = (greatest: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(greatest, 1)))
  return power * (AXIS_STEPS.find((step) => step * power >= greatest) ?? 10)
}

interface Scale {
  readonly x: (index: number) => number
  readonly y: (count: number) => number
  readonly step: number
}

const scaleOf = (bins: readonly Bin[], top: number): Scale => {
  const step = (PLOT.right - PLOT.left) / bins.length
  return {
    step,
    x: (index) => round(PLOT.left + index * step),
    y: (count) => round(PLOT.bottom - (count / top) * (PLOT.bottom - PLOT.top)),
  }
}

const periodOf = ({ from, to }: Bin, { formats }: Reader): string =>
  from === to ? formats.day(from) : `${formats.day(from)} – ${formats.day(to)}`

const bar = (bin: Bin, index: number, scale: Scale, reader: Reader): string => {
  if (totalOf(bin) === 0) return ''
  const [x, width] = [scale.x(index), round(Math.max(scale.step - 1, 0.8))]
  const [middle, top] = [scale.y(bin.exact), scale.y(totalOf(bin))]
  return html`<g>
    <title>${periodOf(bin, reader)}: ${reader.formats.count(totalOf(bin))}</title>
    <rect class="exact" x="${x}" y="${middle}" width="${width}" height="${round(PLOT.bottom - middle)}" />
    <rect class="approximate" x="${x}" y="${top}" width="${width}" height="${round(middle - top)}" />
  </g>`
}

const countAxis = (top: number, scale: Scale, { formats }: Reader): string =>
  [0, top / 2, top]
    .filter((count) => Number.isInteger(count))
    .map(
      (count) =>
        html`<line
            class="grid"
            x1="${PLOT.left}"
            x2="${PLOT.right}"
            y1="${scale.y(count)}"
            y2="${scale.y(count)}"
          />
          <text class="count" x="${PLOT.left - 6}" y="${scale.y(count)}" dy="0.35em"
            >${formats.shortCount(count)}</text
          >`,
    )
    .join('')

const dayAxis = ({ unit, bins }: Timeline, scale: Scale, { formats }: Reader): string => {
  const every = Math.max(1, Math.ceil(bins.length / TICKS))
  return bins
    .map(({ from }, index) => ({ from, index }))
    .filter(({ index }) => index % every === 0)
    .map(({ from, index }) => {
      const label = unit === 'day' || unit === 'week' ? formats.axisDay(from) : from.slice(0, 7)
      return html`<text class="day" x="${scale.x(index)}" y="${PLOT.bottom + 28}">${label}</text>`
    })
    .join('')
}

interface Mark {
  readonly number: number
  readonly index: number
  readonly day: string
  readonly meaning: string
}

const marksOf = ({ bins }: Timeline, { messages }: Reader): readonly Mark[] =>
  markedDays
    .map(({ day, meaning }) => ({
      day,
      meaning: messages.timeline.marks[meaning],
      index: bins.findIndex(({ from, to }) => from <= day && day <= to),
    }))
    .filter(({ index }) => index >= 0)
    .map(({ day, meaning, index }, order) => ({ day, meaning, index, number: order + 1 }))

/** The marks' numbers stand at least this far apart, in pixels: one too near to the next moves to its left. */
const BADGE_GAP = 34

const markLines = (marks: readonly Mark[], scale: Scale): string => {
  let right = PLOT.right + BADGE_GAP
  const drawn = marks.toReversed().map(({ index, number }) => {
    const x = round(scale.x(index) + scale.step / 2)
    right = Math.min(x, right - BADGE_GAP)
    return html`<g class="mark">
      <polyline points="${right},${PLOT.top - 6} ${x},${PLOT.top} ${x},${PLOT.bottom}" />
      <circle cx="${right}" cy="${PLOT.top - 17}" r="13" />
      <text x="${right}" y="${PLOT.top - 17}" dy="0.35em">${number}</text>
    </g>`
  })
  return drawn.join('')
}

const legend = (marks: readonly Mark[], { messages, formats }: Reader): string => {
  const entries = marks.map(
    ({ number, day, meaning }) =>
      html`<li><span class="badge">${number}</span>${formats.day(day)}: ${meaning}</li>`,
  )
  return html`<ul class="legend">
    <li><span class="swatch exact"></span>${messages.timeline.exact}</li>
    <li><span class="swatch approximate"></span>${messages.timeline.approximate}</li>
    !${entries.join('')}
  </ul>`
}

const asTable = ({ bins }: Timeline, reader: Reader): string => {
  const { timeline, sums } = reader.messages
  const rows = bins
    .filter((bin) => totalOf(bin) > 0)
    .map(
      (bin) =>
        html`<tr>
          <th scope="row">${periodOf(bin, reader)}</th>
          <td>${reader.formats.count(totalOf(bin))}</td>
        </tr>`,
    )
  return html`<details>
    <summary>${timeline.asTable}</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">${timeline.period}</th>
          <th scope="col">${sums.reports}</th>
        </tr>
      </thead>
      <tbody>
        !${rows.join('')}
      </tbody>
    </table>
  </details>`
}

/** The time line as bars, with the days that matter marked, and as a table for who does not see it. */
export const renderTimeline = (reader: Reader, timeline: Timeline): string => {
  const { bins, unit } = timeline
  const top = axisTop(bins.reduce((greatest, bin) => Math.max(greatest, totalOf(bin)), 0))
  const scale = scaleOf(bins, top)
  const marks = marksOf(timeline, reader)
  return html`<svg
      id="timeline"
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-labelledby="timeline-heading"
    >
      !${countAxis(top, scale, reader)} !${dayAxis(timeline, scale, reader)}
      !${bins.map((bin, index) => bar(bin, index, scale, reader)).join('')} !${markLines(marks, scale)}
    </svg>
    <p class="legend-title">${reader.messages.sums.reports}, ${reader.messages.timeline.by[unit]}</p>
    !${legend(marks, reader)} !${asTable(timeline, reader)}`
}
