/**
 * Kubernetes' Pod Security Standards, profile "restricted" with the controls of "baseline" that it contains, as of
 * Kubernetes 1.37: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import type { Container, Pod, PodSpec, SecurityContext } from '../manifest.ts'

export interface Violation {
  /** Which pod, and which container of it. */
  place: string
  /** The control, by the name it has in the standard. */
  control: string
}

/** What a check looks at: a container, with the pod it is in. */
interface Subject {
  pod: PodSpec
  container: Container
  own: SecurityContext
}

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
])

const SELINUX_TYPES = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
])
const SECCOMP = new Set(['RuntimeDefault', 'Localhost'])
const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/'

type PodCheck = (pod: Pod) => boolean
type ContainerCheck = (subject: Subject) => boolean

/** Each true when the pod breaks the control. */
const POD_CHECKS: Readonly<Record<string, PodCheck>> = {
  'Host Namespaces': ({ spec }) => [spec.hostNetwork, spec.hostPID, spec.hostIPC].includes(true),
  'Volume Types': ({ spec }) => (spec.volumes ?? []).some((volume) => !isAllowedVolume(volume)),
  Sysctls: ({ spec }) => (spec.securityContext?.sysctls ?? []).some(({ name }) => !SYSCTLS.has(name)),
  AppArmor: ({ annotations, spec }) =>
    isUnconfined(spec.securityContext) ||
    Object.entries(annotations).some(
      ([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && value === 'unconfined',
    ),
  SELinux: ({ spec }) => breaksSelinux(spec.securityContext),
  HostProcess: ({ spec }) => spec.securityContext?.windowsOptions?.hostProcess === true,
  'Running as Non-root user': ({ spec }) => spec.securityContext?.runAsUser === 0,
}

const CONTAINER_CHECKS: Readonly<Record<string, ContainerCheck>> = {
  'Privileged Containers': ({ own }) => own.privileged === true,
  'Privilege Escalation': ({ own }) => own.allowPrivilegeEscalation !== false,
  'Running as Non-root': ({ own, pod }) => (own.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) !== true,
  'Running as Non-root user': ({ own }) => own.runAsUser === 0,
  Seccomp: ({ own, pod }) =>
    !SECCOMP.has((own.seccompProfile ?? pod.securityContext?.seccompProfile)?.type ?? ''),
  Capabilities: ({ own: { capabilities } }) =>
    capabilities?.drop?.includes('ALL') !== true ||
    (capabilities.add ?? []).some((name) => name !== 'NET_BIND_SERVICE'),
  'Host Ports': ({ container }) => (container.ports ?? []).some(({ hostPort = 0 }) => hostPort !== 0),
  'Host Probes / Lifecycle Hooks': ({ container }) =>
    handlersOf(container).some((handler) => namesHost(handler)),
  '/proc Mount Type': ({ own }) => own.procMount !== undefined && own.procMount !== 'Default',
  SELinux: ({ own }) => breaksSelinux(own),
  AppArmor: ({ own }) => isUnconfined(own),
  HostProcess: ({ own }) => own.windowsOptions?.hostProcess === true,
}

/** Everything in which the pod falls short of the profile. */
export function restrictedViolations(pod: Pod): Violation[] {
  const ofPod = broken(POD_CHECKS, pod).map((control): Violation => ({ place: pod.owner, control }))
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  const ofContainers = [...containers, ...initContainers, ...ephemeralContainers].flatMap((container) => {
    const subject: Subject = { pod: pod.spec, container, own: container.securityContext ?? {} }
    return broken(CONTAINER_CHECKS, subject).map((control): Violation => {
      return { place: `${pod.owner}, container ${container.name}`, control }
    })
  })
  return [...ofPod, ...ofContainers]
}

function broken<T>(checks: Readonly<Record<string, (subject: T) => boolean>>, subject: T): string[] {
  return Object.entries(checks).flatMap(([control, isBroken]) => (isBroken(subject) ? [control] : []))
}

function isAllowedVolume(volume: Record<string, unknown>): boolean {
  return Object.keys(volume).every((key) => key === 'name' || VOLUMES.has(key))
}

function breaksSelinux(context: SecurityContext | undefined): boolean {
  const { type = '', user = '', role = '' } = context?.seLinuxOptions ?? {}
  return !SELINUX_TYPES.has(type) || user !== '' || role !== ''
}

const isUnconfined = (context: SecurityContext | undefined) => context?.appArmorProfile?.type === 'Unconfined'

function handlersOf(container: Container): unknown[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container
  const hooks: unknown[] = Object.values(lifecycle ?? {})
  return [livenessProbe, readinessProbe, startupProbe, ...hooks]
}

/** A probe or hook that the kubelet sends to another host than the pod. */
function namesHost(handler: unknown): boolean {
  const { httpGet, tcpSocket } = (handler ?? {}) as {
    httpGet?: { host?: string }
    tcpSocket?: { host?: string }
  }
  return [httpGet?.host, tcpSocket?.host].some((host) => host !== undefined && host !== '')
}
