import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findProgram, type Say } from '@medqueue/cluster'
import { run } from '@medqueue/servers'

import { ChartError } from '../errors.ts'
import { CHARTS, REPOSITORY } from '../generated.ts'
import { podsOf } from '../manifest.ts'
import { restrictedViolations } from '../rules/pod-security.ts'
import { checkEnvironment } from './environment.ts'
import { checkNetwork } from './network.ts'
import { checkRestarts } from './restarts.ts'
import { chartFolder, type Rendered, renderAll } from './scenarios.ts'
import { KUBERNETES_VERSIONS, schemaFolder } from './schemas.ts'
import { checkSchemas } from './values.ts'

export interface World {
  say: Say
  rendered: readonly Rendered[]
  /** Folder with one file for each rendered chart. */
  folder: string
  files: readonly string[]
}

/** One check: returns its figures, or throws CHART_RULE with what is wrong. */
export type Step = readonly [name: string, check: (world: World) => Promise<string>]

export const STEPS: readonly Step[] = [
  ['lint', lint],
  ['unit', unitTests],
  ['kubeconform', kubeconform],
  ['kube-score', kubeScore],
  ['pod security', podSecurity],
  ['alerts', alerts],
  ['network', checkNetwork],
  ['environment', checkEnvironment],
  ['restarts', checkRestarts],
  ['values', checkSchemas],
]

/** Renders the charts, calls the work with them, and cleans up. */
export async function withWorld<T>(say: Say, work: (world: World) => Promise<T>): Promise<T> {
  const rendered = await renderAll(say)
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-charts-'))
  try {
    const files = rendered.map(({ scenario }) =>
      join(folder, `${scenario.chart}-${scenario.name}.yaml`.replaceAll(' ', '-')),
    )
    await Promise.all(files.map(async (file, index) => writeFile(file, rendered[index]?.text ?? '')))
    return await work({ say, rendered, folder, files })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function lint({ say }: World): Promise<string> {
  const helm = await findProgram('helm', say)
  await succeed(helm, ['lint', '--strict', ...CHARTS.map(chartFolder)])
  return `${CHARTS.length} charts`
}

async function unitTests({ say }: World): Promise<string> {
  const program = await findProgram('helm-unittest', say)
  const output = await succeed(program, CHARTS.map(chartFolder))
  const passed = /^Tests:\s+(\d+) passed, (\d+) total/m.exec(output)
  if (passed?.[1] === undefined || passed[1] !== passed[2]) throw new ChartError('CHART_RULE', output)
  return `${passed[1]} cases`
}

async function kubeconform({ say, files, rendered }: World): Promise<string> {
  const program = await findProgram('kubeconform', say)
  const schemas = await schemaFolder(say)
  for (const version of KUBERNETES_VERSIONS) {
    await succeed(program, [
      ...['-strict', '-kubernetes-version', version],
      // Definitions are checked by an API server, in the tests of tools/crds and in a cluster.
      ...['-skip', 'CustomResourceDefinition'],
      ...['-schema-location', `${schemas}/v${version}/{{.ResourceKind}}{{.KindSuffix}}.json`],
      ...['-schema-location', `${schemas}/custom/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`],
      ...files,
    ])
  }
  const objects = rendered
    .flatMap((one) => one.objects)
    .filter(({ kind }) => kind !== 'CustomResourceDefinition')
  return `${objects.length} objects valid on ${KUBERNETES_VERSIONS.length} versions`
}

/** Checks that are left out, each with its reason; charts/README.md repeats them. */
const NOT_SCORED = {
  // Tags are never reused, and a pod that scales up must not wait for a registry.
  'container-image-pull-policy': 'image pull policy',
}

async function kubeScore({ say, files, rendered }: World): Promise<string> {
  const program = await findProgram('kube-score', say)
  // What leaves policies, budgets and local storage out does so on purpose.
  const scored = files.filter((_file, index) => rendered[index]?.scenario.name !== 'least')
  const ignored = Object.keys(NOT_SCORED).flatMap((test) => ['--ignore-test', test])
  const options = ['--output-format', 'ci', '--enable-optional-test', 'container-seccomp-profile', ...ignored]
  // One installation at a time: objects of two would be taken for parts of one. It also fails for less than critical.
  const output = (
    await Promise.all(scored.map(async (file) => outputOf(program, ['score', ...options, file])))
  ).join('')
  const critical = output.split('\n').filter((line) => line.startsWith('[CRITICAL]'))
  if (critical.length > 0) throw new ChartError('CHART_RULE', critical.join('\n'))
  const passed = output.split('\n').filter((line) => line.startsWith('[OK]')).length
  if (passed === 0) throw new ChartError('CHART_RULE', `kube-score said nothing: ${output.slice(0, 500)}`)
  return `0 critical in ${passed} scores, ${Object.keys(NOT_SCORED).length} left out`
}

async function podSecurity({ rendered }: World): Promise<string> {
  const pods = rendered.flatMap(({ objects }) => podsOf(objects))
  const violations = pods.flatMap(restrictedViolations)
  if (violations.length > 0) {
    throw new ChartError(
      'CHART_RULE',
      violations.map(({ place, control }) => `${place}: ${control}`).join('\n'),
    )
  }
  return `0 violations of restricted in ${pods.length} pods`
}

/** Each alert fires in one case and is silent in another; the cases are made with the rules, in dashboards/. */
async function alerts({ say }: World): Promise<string> {
  const program = await findProgram('promtool', say)
  await succeed(program, [
    'check',
    'rules',
    ...CHARTS.map((chart) => join(chartFolder(chart), 'files/rules/alerts.yaml')),
  ])
  const cases = CHARTS.map((chart) => join(REPOSITORY, 'dashboards/cases', `${chart}.yaml`))
  await succeed(program, ['test', 'rules', ...cases])
  const texts = await Promise.all(cases.map(async (file) => readFile(file, 'utf8')))
  const count = (mark: string) => texts.reduce((sum, text) => sum + text.split(mark).length - 1, 0)
  return `${count('exp_labels:')} cases fire and ${count('exp_alerts: []')} are silent as they should`
}

async function succeed(file: string, args: readonly string[]): Promise<string> {
  try {
    return await run(file, args)
  } catch (error) {
    const output = await outputOf(file, args)
    throw new ChartError('CHART_RULE', output, { cause: error })
  }
}

/** What the program prints, whether it succeeds or not. */
async function outputOf(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(file, args, { maxBuffer: 64 * 1024 ** 2 }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    )
  })
}
