import { join } from 'node:path'

import { findProgram, type Say } from '@medqueue/cluster'
import { run } from '@medqueue/servers'

import { type KubeObject, readManifest } from '../manifest.ts'
import { REPOSITORY } from '../generated.ts'
import type { Shape } from '../rules/edges.ts'

/** One way in which somebody installs a chart. */
export interface Scenario {
  name: string
  chart: 'medqueue' | 'medqueue-operator'
  /** File below the chart's tests/values/. */
  values?: string
  upgrade?: boolean
  /** What the platform consists of then, where policies are on. */
  shape?: Shape
}

export interface Rendered {
  scenario: Scenario
  text: string
  objects: KubeObject[]
}

const TRIAL: Shape = {
  nats: 'bundled',
  postgresql: 'bundled',
  redis: 'bundled',
  demo: false,
  discovery: true,
}
const OUTSIDE: Shape = {
  nats: 'external',
  postgresql: 'external',
  redis: 'external',
  demo: false,
  discovery: false,
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'defaults', chart: 'medqueue' },
  { name: 'trial', chart: 'medqueue', values: 'trial.yaml', shape: TRIAL },
  { name: 'upgrade', chart: 'medqueue', values: 'trial.yaml', upgrade: true, shape: TRIAL },
  {
    name: 'full',
    chart: 'medqueue',
    values: 'full.yaml',
    shape: { ...TRIAL, nats: 'cluster', demo: true },
  },
  { name: 'external', chart: 'medqueue', values: 'external.yaml', shape: OUTSIDE },
  { name: 'least', chart: 'medqueue', values: 'least.yaml' },
  { name: 'defaults', chart: 'medqueue-operator' },
  { name: 'one namespace', chart: 'medqueue-operator', values: 'one-namespace.yaml' },
]

export const chartFolder = (chart: string) => join(REPOSITORY, 'charts', chart)

/** Where each chart is installed when nobody says otherwise. */
export const namespaceOf = (chart: Scenario['chart']) =>
  chart === 'medqueue' ? 'medqueue' : 'medqueue-system'

/** Renders every scenario. */
export async function renderAll(say: Say): Promise<Rendered[]> {
  const helm = await findProgram('helm', say)
  return Promise.all(SCENARIOS.map(async (scenario) => render(helm, scenario)))
}

async function render(helm: string, scenario: Scenario): Promise<Rendered> {
  const { chart, values, upgrade = false } = scenario
  const folder = chartFolder(chart)
  const text = await run(helm, [
    ...['template', chart, folder, '--namespace', namespaceOf(chart), '--include-crds'],
    ...(values === undefined ? [] : ['--values', join(folder, 'tests/values', values)]),
    ...(upgrade ? ['--is-upgrade'] : []),
  ])
  return { scenario, text, objects: readManifest(text) }
}
