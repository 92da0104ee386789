import test from 'ava'

import { traefikObjects } from '../../src/addons/traefik.ts'

interface Deployment {
  kind: string
  spec: { replicas: number; template: { spec: { containers: { args: string[] }[] } } }
}

test('two processes share the ingress’s port: one may not open as many files as 20,000 patients need', (t) => {
  const found = traefikObjects({ listen: '127.0.0.1:8000' }).find(
    (object) => (object as Deployment).kind === 'Deployment',
  ) as Deployment
  const { replicas, template } = found.spec
  t.is(replicas, 2)
  const args = template.spec.containers[0]?.args ?? []
  for (const entry of ['web', 'traefik']) t.true(args.includes(`--entrypoints.${entry}.reuseport=true`))
})
