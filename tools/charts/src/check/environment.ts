import { ChartError } from '../errors.ts'
import { podsOf } from '../manifest.ts'
import { CONFIGURATIONS, faultsOf, forgotten, type Variable } from '../rules/environment.ts'
import type { World } from './steps.ts'

/** What the charts give each process must be what it reads, no more and no less. */
export async function checkEnvironment({ rendered }: World): Promise<string> {
  const given = new Map<string, Set<string>>()
  const faults = rendered.flatMap(({ scenario, objects }) =>
    podsOf(objects).flatMap(({ labels, spec }) => {
      const component = labels['app.kubernetes.io/component'] ?? ''
      if (!(component in CONFIGURATIONS)) return []
      const variables = spec.containers.flatMap(({ env }) => (env ?? []) as Variable[])
      const names = given.get(component) ?? new Set()
      for (const { name } of variables) names.add(name)
      given.set(component, names)
      return faultsOf(component, variables).map((fault) => `${scenario.chart} ${scenario.name}: ${fault}`)
    }),
  )
  const left = Object.keys(CONFIGURATIONS).flatMap((component) =>
    forgotten(component, given.get(component) ?? new Set()),
  )
  const all = [...new Set([...faults, ...left])]
  if (all.length > 0) throw new ChartError('CHART_RULE', all.join('\n'))
  const count = [...given.values()].reduce((sum, names) => sum + names.size, 0)
  return `${count} variables of ${given.size} processes as they read them`
}
