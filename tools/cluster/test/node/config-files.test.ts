import test from 'ava'
import { parse } from 'yaml'

import { clusterLayout, NETWORK } from '../../src/layout.ts'
import { configFiles } from '../../src/node/config-files.ts'
import { partWaves } from '../../src/node/parts.ts'

const layout = clusterLayout({ MEDQUEUE_DATA: '/srv/data' })
const files = new Map(
  configFiles(layout, { cniPlugins: '/usr/lib/cni' }).map(({ path, content }) => [
    path.split('/').at(-1),
    content,
  ]),
)

test('kubelet runs on either kind of control groups and keeps images that nobody can pull', (t) => {
  const kubelet = parse(files.get('kubelet.yaml') ?? '') as Record<string, unknown>
  t.like(kubelet, { failCgroupV1: false, cgroupDriver: 'cgroupfs', failSwapOn: false, evictionHard: {} })
  t.is(kubelet.imageGCHighThresholdPercent, 100)
  t.deepEqual(kubelet.clusterDNS, [NETWORK.dns])
})

test('kube-proxy leaves the machine’s connection limits alone', (t) => {
  const proxy = parse(files.get('kube-proxy.yaml') ?? '') as { mode: string; conntrack: object }
  t.is(proxy.mode, 'nftables')
  t.like(proxy.conntrack, { maxPerCore: 0, min: 0 })
})

test('containerd needs no right to lower the score of a process, and mounts below our folder only', (t) => {
  const text = files.get('containerd.toml') ?? ''
  t.regex(text, /restrict_oom_score_adj = true/)
  t.regex(text, /netns_mounts_under_state_dir = true/)
  t.regex(text, new RegExp(`state = "${layout.run}/containerd"`))
})

test('pods get addresses from the network of the bridge and none that the node has', (t) => {
  const { plugins } = JSON.parse(files.get('10-medqueue.conflist') ?? '') as {
    plugins: { bridge: string; ipam: { ranges: { subnet: string; rangeStart: string }[][] } }[]
  }
  t.is(plugins[0]?.bridge, NETWORK.bridge)
  t.like(plugins[0]?.ipam.ranges[0]?.[0], { subnet: NETWORK.pods, rangeStart: '10.244.0.10' })
})

test('sockets have short names whatever the folder', (t) => {
  const deep = clusterLayout({ MEDQUEUE_DATA: `/srv/${'deep/'.repeat(40)}` })
  t.true(deep.containerdSocket.length < 100)
  t.not(deep.run, layout.run)
})

test('the API server passes users on to servers behind it', (t) => {
  const server = partWaves(layout)
    .flat()
    .find(({ name }) => name === 'kube-apiserver')
  for (const flag of [
    '--requestheader-client-ca-file=',
    '--proxy-client-cert-file=',
    '--requestheader-allowed-names=front-proxy-client',
  ]) {
    t.true(
      server?.args.some((argument) => argument.startsWith(flag)),
      flag,
    )
  }
})

test('the autoscaler looks every 15 s unless told otherwise', (t) => {
  const clock = (options?: { hpaSyncPeriod: string }) =>
    partWaves(layout, options)
      .flat()
      .flatMap(({ args }) => args)
      .find((argument) => argument.startsWith('--horizontal-pod-autoscaler-sync-period'))
  t.is(clock(), '--horizontal-pod-autoscaler-sync-period=15s')
  t.is(clock({ hpaSyncPeriod: '1s' }), '--horizontal-pod-autoscaler-sync-period=1s')
})
