/** One program that is built from a Go module. */
export interface GoProgram {
  name: string
  module: string
  version: string
  /** The main package. */
  package: string
  /** What `-X` sets, so that the program knows its version. */
  stamps?: Record<string, string>
  /**
   * The version that stands in for modules which this one replaces by a folder of its own tree: such a folder is not
   * part of the published module.
   */
  staging?: string
  /** Seconds the build takes on two cores with nothing cached; for the progress line only. */
  usualSeconds: number
}

const KUBERNETES = '1.34.4'

function kubernetes(name: string, usualSeconds: number): GoProgram {
  return {
    name,
    module: 'k8s.io/kubernetes',
    version: `v${KUBERNETES}`,
    package: `k8s.io/kubernetes/cmd/${name}`,
    staging: `v0${KUBERNETES.slice(1)}`,
    stamps: {
      'k8s.io/component-base/version.gitVersion': `v${KUBERNETES}`,
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': '34',
    },
    usualSeconds,
  }
}

/** Cheap and often needed ones first: this is the order of a build of everything. */
export const GO_PROGRAMS: readonly GoProgram[] = [
  kubernetes('kubectl', 60),
  {
    name: 'helm',
    module: 'helm.sh/helm/v4',
    version: 'v4.3.1',
    package: 'helm.sh/helm/v4/cmd/helm',
    stamps: { 'helm.sh/helm/v4/internal/version.version': 'v4.3.1' },
    usualSeconds: 100,
  },
  {
    name: 'etcd',
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.6',
    package: 'go.etcd.io/etcd/server/v3',
    usualSeconds: 31,
  },
  kubernetes('kube-apiserver', 190),
  kubernetes('kubelet', 40),
  kubernetes('kube-scheduler', 10),
  kubernetes('kube-controller-manager', 55),
  kubernetes('kube-proxy', 10),
  {
    name: 'coredns',
    module: 'github.com/coredns/coredns',
    version: 'v1.14.0',
    package: 'github.com/coredns/coredns',
    usualSeconds: 60,
  },
  {
    name: 'traefik',
    module: 'github.com/traefik/traefik/v3',
    version: 'v3.6.12',
    package: 'github.com/traefik/traefik/v3/cmd/traefik',
    stamps: { 'github.com/traefik/traefik/v3/pkg/version.Version': 'v3.6.12' },
    usualSeconds: 290,
  },
  {
    name: 'kubeconform',
    module: 'github.com/yannh/kubeconform',
    version: 'v0.7.0',
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    usualSeconds: 10,
  },
  {
    name: 'kube-score',
    module: 'github.com/zegl/kube-score',
    version: 'v1.20.0',
    package: 'github.com/zegl/kube-score/cmd/kube-score',
    usualSeconds: 30,
  },
  {
    name: 'helm-unittest',
    module: 'github.com/helm-unittest/helm-unittest',
    version: 'v1.1.2',
    package: 'github.com/helm-unittest/helm-unittest/cmd/helm-unittest',
    usualSeconds: 40,
  },
  {
    name: 'promtool',
    module: 'github.com/prometheus/prometheus',
    version: 'v0.315.0',
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    usualSeconds: 280,
  },
  {
    name: 'prometheus',
    module: 'github.com/prometheus/prometheus',
    version: 'v0.315.0',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    usualSeconds: 10,
  },
  {
    name: 'keda-operator',
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    package: 'github.com/kedacore/keda/v2/cmd/operator',
    usualSeconds: 410,
  },
  {
    name: 'keda-adapter',
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    package: 'github.com/kedacore/keda/v2/cmd/adapter',
    usualSeconds: 55,
  },
]

/** What the one-node cluster itself runs. */
export const CLUSTER_PROGRAMS = [
  'kubectl',
  'helm',
  'etcd',
  'kube-apiserver',
  'kubelet',
  'kube-scheduler',
  'kube-controller-manager',
  'kube-proxy',
  'coredns',
  'traefik',
] as const

/** The program of that name; throws a RangeError that lists the known names. */
export function programNamed(name: string): GoProgram {
  const found = GO_PROGRAMS.find((program) => program.name === name)
  if (found !== undefined) return found
  const known = GO_PROGRAMS.map((program) => program.name).join(', ')
  throw new RangeError(`No program is called ${name}: known are ${known}.`)
}

/** Under this name the built program lies in the cache. */
export function cacheName({ name, version }: GoProgram): string {
  return `${name}-${version.replace(/^v/, '')}`
}
