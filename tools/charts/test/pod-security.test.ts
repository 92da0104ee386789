import test from 'ava'

import type { Container, Pod, PodSpec } from '../src/manifest.ts'
import { restrictedViolations } from '../src/rules/pod-security.ts'

const GOOD: Container = {
  name: 'a',
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
}

function pod(spec: Partial<PodSpec> = {}, annotations: Record<string, string> = {}): Pod {
  return { owner: 'Pod x', labels: {}, annotations, spec: { containers: [GOOD], ...spec } }
}

function withContainer(container: Partial<Container>): Pod {
  return pod({ containers: [{ ...GOOD, ...container }] })
}

function withContext(context: object): Pod {
  return withContainer({ securityContext: { ...GOOD.securityContext, ...context } })
}

const breaks = test.macro((t, subject: Pod, control: string) => {
  t.deepEqual(
    restrictedViolations(subject).map((violation) => violation.control),
    [control],
  )
})

test('a pod that keeps to the profile has no violation', (t) => {
  t.deepEqual(restrictedViolations(pod()), [])
})

test('what the pod says counts for containers that say nothing', (t) => {
  const { runAsNonRoot, seccompProfile, ...rest } = GOOD.securityContext ?? {}
  const context = { runAsNonRoot: runAsNonRoot === true, seccompProfile: seccompProfile ?? { type: '' } }
  const subject = pod({ securityContext: context, containers: [{ ...GOOD, securityContext: rest }] })
  t.deepEqual(restrictedViolations(subject), [])
})

test('a container that contradicts its pod is found', (t) => {
  const subject = withContext({ runAsNonRoot: false })
  subject.spec.securityContext = { runAsNonRoot: true }
  t.deepEqual(restrictedViolations(subject), [
    { place: 'Pod x, container a', control: 'Running as Non-root' },
  ])
})

test('init containers are looked at too', (t) => {
  const subject = pod({ initContainers: [{ ...GOOD, name: 'b', securityContext: {} }] })
  t.deepEqual(
    new Set(restrictedViolations(subject).map(({ control }) => control)),
    new Set(['Privilege Escalation', 'Running as Non-root', 'Seccomp', 'Capabilities']),
  )
})

test('a privileged container', breaks, withContext({ privileged: true }), 'Privileged Containers')
test(
  'privilege escalation that is not forbidden',
  breaks,
  withContext({ allowPrivilegeEscalation: undefined }),
  'Privilege Escalation',
)
test('root by number in a container', breaks, withContext({ runAsUser: 0 }), 'Running as Non-root user')
test(
  'root by number in the pod',
  breaks,
  pod({ securityContext: { runAsUser: 0 } }),
  'Running as Non-root user',
)
test('no seccomp profile', breaks, withContext({ seccompProfile: undefined }), 'Seccomp')
test(
  'an unconfined seccomp profile',
  breaks,
  withContext({ seccompProfile: { type: 'Unconfined' } }),
  'Seccomp',
)
test(
  'capabilities that are kept',
  breaks,
  withContext({ capabilities: { drop: ['NET_RAW'] } }),
  'Capabilities',
)
test(
  'a capability that is added',
  breaks,
  withContext({ capabilities: { drop: ['ALL'], add: ['SYS_TIME'] } }),
  'Capabilities',
)
test('a host port', breaks, withContainer({ ports: [{ containerPort: 80, hostPort: 80 }] }), 'Host Ports')
test('the host network', breaks, pod({ hostNetwork: true }), 'Host Namespaces')
test(
  'a folder of the host',
  breaks,
  pod({ volumes: [{ name: 'x', hostPath: { path: '/' } }] }),
  'Volume Types',
)
test(
  'an unsafe sysctl',
  breaks,
  pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax' }] } }),
  'Sysctls',
)
test('an open /proc', breaks, withContext({ procMount: 'Unmasked' }), '/proc Mount Type')
test('an SELinux user', breaks, withContext({ seLinuxOptions: { user: 'root' } }), 'SELinux')
test(
  'an unconfined AppArmor profile by annotation',
  breaks,
  pod({}, { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' }),
  'AppArmor',
)
test(
  'a probe of another host',
  breaks,
  withContainer({ livenessProbe: { httpGet: { host: '10.0.0.1' } } }),
  'Host Probes / Lifecycle Hooks',
)
test('a Windows host process', breaks, withContext({ windowsOptions: { hostProcess: true } }), 'HostProcess')

test('binding a low port is the one capability that may be added', (t) => {
  const subject = withContext({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })
  t.deepEqual(restrictedViolations(subject), [])
})
