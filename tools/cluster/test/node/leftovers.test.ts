import test from 'ava'

import {
  mountsBelow,
  networkResults,
  podGroups,
  type ProcessRow,
  shimSocket,
  shimsOf,
  tablesToDelete,
  withDescendants,
} from '../../src/node/leftovers.ts'

const SOCKET = '/run/medqueue-1/containerd.sock'
const shim = (pid: number, socket: string): ProcessRow => ({
  pid,
  ppid: 1,
  command: [
    '/usr/bin/containerd-shim-runc-v2',
    '-namespace',
    'k8s.io',
    '-id',
    `pod${pid}`,
    '-address',
    socket,
  ],
})
const other = (pid: number, ppid: number): ProcessRow => ({ pid, ppid, command: ['node', 'main.ts'] })

test('takes the shims of our containerd for ours and no others', (t) => {
  const rows = [shim(10, SOCKET), shim(11, '/run/containerd/containerd.sock'), other(12, 1)]
  t.deepEqual(
    shimsOf(rows, SOCKET).map(({ pid }) => pid),
    [10],
  )
})

test('a process that only names the socket is not ours', (t) => {
  const reader = { pid: 5, ppid: 1, command: ['/usr/bin/ctr', '--address', SOCKET] }
  t.deepEqual(shimsOf([reader], SOCKET), [])
})

test('finds descendants in whatever order they are listed', (t) => {
  const rows = [other(40, 30), other(30, 20), other(20, 10), shim(10, SOCKET), other(99, 1)]
  const found = withDescendants(rows, shimsOf(rows, SOCKET)).map(({ pid }) => pid)
  t.deepEqual(found.sort(), [10, 20, 30, 40])
})

const MOUNTS = [
  '22 1 254:0 / / rw - ext4 /dev/vda rw',
  '30 22 0:5 / /srv/data/cluster/kubelet/pods/a/vol rw - tmpfs tmpfs rw',
  '31 30 0:6 / /srv/data/cluster/kubelet/pods/a/vol/deep\\040er rw - tmpfs tmpfs rw',
  '32 22 0:7 / /srv/data/clusters rw - tmpfs tmpfs rw',
  '40 22 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu',
  '41 22 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
].join('\n')

test('lists mounts below a folder from the innermost, and none beside it', (t) => {
  t.deepEqual(mountsBelow(MOUNTS, ['/srv/data/cluster']), [
    '/srv/data/cluster/kubelet/pods/a/vol/deep er',
    '/srv/data/cluster/kubelet/pods/a/vol',
  ])
})

test('looks for groups of pods in every hierarchy', (t) => {
  t.deepEqual(podGroups(MOUNTS), ['/sys/fs/cgroup/cpu/kubepods', '/sys/fs/cgroup/unified/kubepods'])
})

test('deletes our table and those of kube-proxy, and leaves the machine’s', (t) => {
  const table = (family: string, name: string) => ({ table: { family, name } })
  const listing = { nftables: [{}, table('ip', 'filter'), table('ip', 'ours'), table('ip6', 'kube-proxy')] }
  t.deepEqual(
    tablesToDelete(listing, 'ours').map(({ name }) => name),
    ['ours', 'kube-proxy'],
  )
})

test('knows the socket of a shim by the hash of whose it is', (t) => {
  t.deepEqual(shimSocket(other(1, 0), SOCKET), [])
  const [path] = shimSocket(shim(10, SOCKET), SOCKET)
  t.regex(path ?? '', /^\/run\/containerd\/s\/[0-9a-f]{64}$/)
})

test('takes the results of our network and of the loopback in the same pods', (t) => {
  const names = ['medqueue-aa11-eth0', 'cni-loopback-aa11-lo', 'cni-loopback-bb22-lo', 'bridge-cc33-eth0']
  t.deepEqual(networkResults(names), ['medqueue-aa11-eth0', 'cni-loopback-aa11-lo'])
})
