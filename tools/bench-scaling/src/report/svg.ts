/** One line of a panel; values at equal distances. */
export interface Line {
  name: string
  colour: string
  values: readonly number[]
}

export interface Panel {
  title: string
  lines: readonly Line[]
}

export interface PlotOptions {
  title: string
  /** Seconds between two values. */
  every: number
  panels: readonly Panel[]
}

const WIDTH = 960
const PANEL = 220
const LEFT = 60
const RIGHT = 15
const HEAD = 70
const FOOT = 30
const GAP = 34

/** Colours that stay apart for colour-blind readers (after Okabe and Ito), in the order of the lines. */
export const COLOURS = ['#0072b2', '#999999', '#d55e00', '#e69f00', '#009e73', '#cc79a7'] as const

/** Panels one below the other over the same time, as an SVG file without a script or a style sheet. */
export function plot({ title, every, panels }: PlotOptions): string {
  const length = Math.max(2, ...panels.flatMap(({ lines }) => lines.map(({ values }) => values.length)))
  const height = HEAD + panels.length * (PANEL + GAP) + FOOT
  const x = (index: number) => LEFT + (index / (length - 1)) * (WIDTH - LEFT - RIGHT)
  const parts = panels.map((panel, index) => drawPanel(panel, HEAD + index * (PANEL + GAP), x))
  const names = panels[0]?.lines ?? []
  const legend = names.map(({ name, colour }, index) => {
    const at = LEFT + index * ((WIDTH - LEFT) / Math.max(4, names.length))
    return `<rect x="${round(at)}" y="38" width="14" height="4" fill="${colour}"/>${text(at + 19, 44, name)}`
  })
  const bottom = HEAD + panels.length * (PANEL + GAP) - GAP + 18
  const times = ticks((length - 1) * every).map((second) =>
    text(x(second / every), bottom, `${second} s`, 'middle'),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="22" font-size="15" font-weight="bold">${escape(title)}</text>`,
    ...[...legend, ...parts.flat(), ...times],
    '</svg>\n',
  ].join('\n')
}

function drawPanel({ title, lines }: Panel, top: number, x: (index: number) => number): string[] {
  const most = Math.max(1, ...lines.flatMap(({ values }) => values))
  const grid = ticks(most)
  const highest = Math.max(most, grid.at(-1) ?? most)
  const y = (value: number) => top + PANEL - (value / highest) * (PANEL - 20)
  return [
    text(LEFT, top + 4, title),
    ...grid.map(
      (value) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(value))}" y2="${round(y(value))}" stroke="#dddddd"/>` +
        text(LEFT - 6, y(value) + 4, String(value), 'end'),
    ),
    ...lines.map(({ colour, values }) => {
      const points = corners(values).map(([index, value]) => `${round(x(index))},${round(y(value))}`)
      return `<polyline fill="none" stroke="${colour}" stroke-width="1.6" points="${points.join(' ')}"/>`
    }),
  ]
}

/** Leaves out what lies between two equal values: long flat lines need two points. */
function corners(values: readonly number[]): [index: number, value: number][] {
  return values.flatMap((value, index): [number, number][] => {
    const flat = values[index - 1] === value && values[index + 1] === value
    return flat ? [] : [[index, value]]
  })
}

/** Round numbers from 0 to about the value, four to eight of them. */
export function ticks(most: number): number[] {
  const rough = most / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough,
  )
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step)
}

function text(x: number, y: number, words: string, anchor = 'start'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escape(words)}</text>`
}

const round = (value: number) => Number(value.toFixed(1))

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (words: string) => words.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign)
