import test from 'ava'

import { traefikObjects } from '../../src/addons/traefik.ts'

interface Deployment {
  kind: string
  spec: { replicas: number; template: { spec: { containers: { args: string[] }[] } } }
}

function argsOf(): { replicas: number; args: string[] } {
  const found = traefikObjects({ listen: '127.0.0.1:8000' }).find(
    (object) => (object as Deployment).kind === 'Deployment',
  ) as Deployment
  const { replicas, template } = found.spec
  return { replicas, args: template.spec.containers[0]?.args ?? [] }
}

test('paths of a service without a ready pod stay its own', (t) => {
  t.true(argsOf().args.includes('--providers.kubernetesingress.allowemptyservices=true'))
})

test('two processes share the ingress’s port: one may not open as many files as 20,000 patients need', (t) => {
  const { replicas, args } = argsOf()
  t.is(replicas, 2)
  for (const entry of ['web', 'traefik']) t.true(args.includes(`--entrypoints.${entry}.reuseport=true`))
})
