import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
} from '@grafana/grafana-foundation-sdk/common'
import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'

/** One line or figure: an expression and what it is called. */
export type Query = readonly [expression: string, legend: string]

export interface PanelOptions {
  title: string
  /** What a reader should make of it. */
  description: string
  unit: Unit
  queries: readonly Query[]
  /** Of 24 columns. */
  width?: number
}

/** Grafana's names of units. */
export type Unit = 'reqps' | 's' | 'percentunit' | 'short' | 'bytes' | 'cores' | 'ops'

const SOURCE = { type: 'prometheus', uid: '${datasource}' }
const HEIGHT = 8

const target = ([expression, legend]: Query, index: number) =>
  new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(SOURCE)
    .expr(expression)
    .legendFormat(legend)

/** Lines over time. */
export function lines(options: PanelOptions): timeseries.PanelBuilder {
  const { title, description, unit, queries, width = 8 } = options
  return new timeseries.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .unit(unit)
    .min(0)
    .span(width)
    .height(HEIGHT)
    .drawStyle(GraphDrawStyle.Line)
    .fillOpacity(8)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets(queries.map(target))
}

/** Lines on top of each other, whose sum means something. */
export const stacked = (options: PanelOptions) =>
  lines(options).fillOpacity(30).stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal))

/** Where a figure turns yellow and red. */
export interface Limits {
  warn: number
  bad: number
}

/** One figure, in the colour of its limits. */
export function figure(options: PanelOptions, limits?: Limits): stat.PanelBuilder {
  const { title, description, unit, queries, width = 4 } = options
  const panel = new stat.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(SOURCE)
    .unit(unit)
    .noValue('no answer')
    .span(width)
    .height(4)
    .targets(queries.map(target))
  return limits === undefined ? panel : panel.thresholds(thresholds(limits))
}

function thresholds({ warn, bad }: Limits): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value: warn, color: 'yellow' },
    { value: bad, color: 'red' },
  ])
}

export interface Row {
  title: string
  panels: readonly Builder<Panel>[]
}

export interface Board {
  /** Also the file's name. */
  uid: string
  title: string
  description: string
  /** A metric that every process of this dashboard has: names the namespaces. */
  namespacesOf: string
  rows: readonly Row[]
}

/* eslint-disable @typescript-eslint/no-deprecated -- Grafana's sidecar and every Grafana since 10 read this format. */
/** A dashboard: a data source, a namespace, and rows of panels. */
export function dashboard({ uid, title, description, namespacesOf, rows }: Board): DashboardBuilder {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['medqueue'])
    .timezone('browser')
    .refresh('10s')
    .time({ from: 'now-30m', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('namespace')
        .label('Namespace')
        .datasource(SOURCE)
        .query(`label_values(${namespacesOf}, namespace)`)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    )
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title))
    for (const panel of row.panels) builder.withPanel(panel)
  }
  return builder
}
