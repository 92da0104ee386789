import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { streamsOf } from '@medqueue/contracts'
import test from 'ava'
import { parse } from 'yaml'

import { REPOSITORY } from '../src/generated.ts'

const GIB = 1024 ** 3

interface Values {
  booking: { queueMaxBytes: number }
  nats: { persistence: { size: string } }
}

test("the broker's disk holds all that its streams may keep", async (t) => {
  const text = await readFile(join(REPOSITORY, 'charts/medqueue/values.yaml'), 'utf8')
  const { booking, nats } = parse(text) as Values
  const { bookingRequests, ...events } = streamsOf()
  const reserved = Object.values(events).reduce((sum, { maxBytes }) => sum + maxBytes, booking.queueMaxBytes)
  t.is(booking.queueMaxBytes, bookingRequests.maxBytes, 'the queue is as large as without a chart')
  const [, size = ''] = /^(\d+)Gi$/.exec(nats.persistence.size) ?? []
  t.true(Number(size) * GIB >= reserved, `${nats.persistence.size} for ${reserved / GIB} GiB`)
})
