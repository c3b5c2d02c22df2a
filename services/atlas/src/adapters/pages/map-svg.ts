import { html } from 'ghtml'
import type { AkimatLine, AkimatTable } from '../../domain/akimat-table.ts'
import { type CountClass, classesOf, shadeOf } from '../../domain/class-breaks.ts'
import type { RegionView } from '@baqylau/contracts'
import { MAP_HEIGHT, MAP_WIDTH, regionShapes, seatPoints } from '../../domain/region-shapes.ts'
import { nameFor, type Reader } from './reader.ts'

const CIRCLE_RADIUS = 13

interface Drawing {
  readonly reader: Reader
  readonly lines: ReadonlyMap<string, AkimatLine>
  readonly classes: readonly CountClass[]
}

interface Place {
  readonly code: string
  readonly x: number
  readonly y: number
}

/** The id of an akimat's row in the table, where its place on the map leads. */
export const rowId = (code: string): string => `row-${code}`

/** `shape` is drawn in the shade of the akimat's count, with the count upon it, and leads to its row. */
const counted = ({ reader, lines, classes }: Drawing, place: Place, shape: string): string => {
  const line = lines.get(place.code)
  if (line === undefined) return ''
  const count = reader.formats.count(line.reports)
  const shade = shadeOf(line.reports, classes)
  return html`<a href="#${rowId(place.code)}" class="shade-${shade}">
    <title>${nameFor(reader, line.names, place.code)}: ${count}</title>
    !${shape}
    <text x="${place.x}" y="${place.y}" dy="0.35em">${reader.formats.shortCount(line.reports)}</text>
  </a>`
}

const circle = ({ x, y }: Place): string => html`<circle cx="${x}" cy="${y}" r="${CIRCLE_RADIUS}" />`
const outline = (path: string): string => html`<path d="${path}" />`

const regionsThen = (drawing: Drawing): string =>
  regionShapes
    .map((shape) => counted(drawing, shape, shape.isCity ? circle(shape) : outline(shape.path)))
    .join('')

const regionsToday = (drawing: Drawing): string => {
  const ground = regionShapes.map(({ path }) => outline(path)).join('')
  const seats = seatPoints.map((seat) => counted(drawing, seat, circle(seat))).join('')
  return html`<g class="ground">!${ground}</g> !${seats}`
}

const legend = ({ reader, classes }: Drawing): string => {
  const { count } = reader.formats
  const entries = [{ from: 0, to: 0 }, ...classes].map(({ from, to }, shade) => {
    const range = from === to ? count(from) : `${count(from)}–${count(to)}`
    return html`<li><span class="swatch shade-${shade}"></span>${range}</li>`
  })
  return html`<p class="legend-title" id="legend">${reader.messages.map.legend}</p>
    <ul class="legend" aria-labelledby="legend">
      !${entries.join('')}
    </ul>`
}

const drawnCodes = (view: RegionView): ReadonlySet<string> =>
  new Set((view === 'then' ? regionShapes : seatPoints).map(({ code }) => code))

/** The map of the akimats, its legend, and how many reports are not on it. */
export const renderMap = (reader: Reader, table: AkimatTable, view: RegionView): string => {
  const { map } = reader.messages
  const codes = drawnCodes(view)
  const drawn = table.akimats.filter(({ regionCode }) => codes.has(regionCode))
  const classes = classesOf(drawn.map(({ reports }) => reports))
  const drawing = { reader, classes, lines: new Map(drawn.map((line) => [line.regionCode, line])) }
  const offMap = table.total.reports - drawn.reduce((sum, { reports }) => sum + reports, 0)
  return html`<section aria-labelledby="map-heading">
    <h2 id="map-heading">${map.heading}</h2>
    <svg
      id="map"
      viewBox="0 0 ${MAP_WIDTH} ${MAP_HEIGHT}"
      role="group"
      aria-labelledby="map-heading map-text"
    >
      <desc id="map-text">${map.description}</desc>
      !${view === 'then' ? regionsThen(drawing) : regionsToday(drawing)}
    </svg>
    !${legend(drawing)}
    <p class="note">
      ${view === 'then' ? map.citiesNote : map.seatsNote} ${map.offMap(reader.formats.count(offMap))}
      ${map.source}
    </p>
  </section>`
}
