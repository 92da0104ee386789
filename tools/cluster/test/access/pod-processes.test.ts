import test from 'ava'

import { podNames, podProcesses } from '../../src/access/pod-processes.ts'

const ID = '17ec6f05-a843-4d33-a301-7c5581a26a01'
const OTHER = '2d9a1bf8-2220-4e29-b46a-e006b169f5fb'
const group = (id: string, container: string) => `8:pids:/kubepods/burstable/pod${id}/${container}`

test('a pod is known by its folder of logs', (t) => {
  const names = podNames([`medqueue_medqueue-nats-0_${ID}`, 'something else'])
  t.deepEqual([...names], [[ID, 'medqueue-nats-0']])
})

test('a pod is the process above all of its containers', (t) => {
  const names = new Map([[ID, 'medqueue-nats-0']])
  const processes = [
    { pid: 11, parent: 10, group: group(ID, 'sandbox') },
    { pid: 12, parent: 10, group: group(ID, 'nats') },
    { pid: 13, parent: 12, group: group(ID, 'nats') },
  ]
  t.deepEqual([...podProcesses(processes, names)], [['medqueue-nats-0', 10]])
})

test('pods of another node, whose names are not known here, are left out', (t) => {
  const names = new Map([[ID, 'medqueue-nats-0']])
  const processes = [{ pid: 21, parent: 20, group: group(OTHER, 'sandbox') }]
  t.is(podProcesses(processes, names).size, 0)
})
