/** One line of a chart. */
export interface Series {
  name: string
  /** CSS class, which gives the colour. */
  style: string
  values: readonly number[]
}

export interface ChartOptions {
  title: string
  unit: string
  /** Seconds between two values. */
  step: number
  series: readonly Series[]
}

const WIDTH = 900
const HEIGHT = 240
const LEFT = 56
const BOTTOM = 28
const TOP = 10
const RIGHT = 10
/** Points a line has at most: more cannot be seen. */
const MOST_POINTS = 450

/** A line chart as SVG, without any script. */
export function lineChart({ title, unit, step, series }: ChartOptions): string {
  const length = Math.max(1, ...series.map(({ values }) => values.length))
  const top = niceTop(series.reduce((most, { values }) => values.reduce((a, b) => Math.max(a, b), most), 0))
  const x = (index: number) => LEFT + (index / Math.max(1, length - 1)) * (WIDTH - LEFT - RIGHT)
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM)
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y(share * top).toFixed(1)
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${at}" class="y">${label(share * top)}</text>`
  })
  const times = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const index = share * (length - 1)
    return `<text x="${x(index).toFixed(1)}" y="${HEIGHT - 8}" class="x">${Math.round(index * step)} s</text>`
  })
  const lines = series.map(({ style, values }) => {
    const points = thin(values).map(([index, value]) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`)
    return `<polyline class="${style}" points="${points.join(' ')}"/>`
  })
  const legend = series.map(({ name, style }) => `<span class="${style}">${escape(name)}</span>`).join(' ')
  return `<figure><figcaption>${escape(title)} <small>(${escape(unit)})</small> ${legend}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">${[...grid, ...times, ...lines].join('')}</svg></figure>`
}

/** Keeps the highest value of each part, so that a peak is never lost. */
function thin(values: readonly number[]): [index: number, value: number][] {
  const size = Math.max(1, Math.ceil(values.length / MOST_POINTS))
  return Array.from({ length: Math.ceil(values.length / size) }, (_, part) => {
    const from = part * size
    return [from, Math.max(...values.slice(from, from + size))]
  })
}

/** A round number at or above the value. */
function niceTop(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10
  return factor * power
}

function label(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 1_000)} k` : String(Math.round(value * 100) / 100)
}

/** Text fit for HTML. */
export function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign)
}
