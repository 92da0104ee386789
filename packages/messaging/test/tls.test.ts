import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

import { selfSigned, testServers } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { connectBroker } from '../src/index.ts'
import { ownBroker } from './helpers/own-broker.ts'

/** A broker that speaks TLS only, to clients and about itself, with a certificate for localhost that signs itself. */
async function brokerWithTls(t: ExecutionContext) {
  const { key, cert } = selfSigned()
  const { port, monitorPort } = await ownBroker(t, {
    monitoring: 'https',
    files: { 'key.pem': key, 'cert.pem': cert },
    lines: (folder) => {
      const file = (name: string) => JSON.stringify(join(folder, name))
      return [
        'authorization { user: booking, password: word }',
        `tls { cert_file: ${file('cert.pem')}, key_file: ${file('key.pem')} }`,
      ]
    },
  })
  return { port, monitorUrl: `https://localhost:${monitorPort}`, cert }
}

const connectAs = async (t: ExecutionContext, url: string, monitorUrl: string) => {
  const broker = await connectBroker({ url, monitorUrl, name: 'tls' })
  t.teardown(async () => broker.close())
  return broker
}

test.serial(
  'a broker with TLS is used when its certificate is trusted, and refused when it is not',
  async (t) => {
    const { port, monitorUrl, cert } = await brokerWithTls(t)
    const url = `tls://booking:word@localhost:${port}`
    const before = getCACertificates('default')
    setDefaultCACertificates([...before, cert])
    const broker = await connectAs(t, url, monitorUrl)
    t.true(broker.connected())

    setDefaultCACertificates(before)
    const { natsMonitorUrl } = testServers()
    await t.throwsAsync(connectAs(t, url, natsMonitorUrl), { message: /self-signed/ })
  },
)

test.serial(
  'a server that offers no TLS is refused where TLS is asked for, before it hears a password',
  async (t) => {
    const { natsUrl, natsMonitorUrl } = testServers()
    const url = natsUrl.replace(/^nats:\/\//, 'tls://')
    await t.throwsAsync(connectAs(t, url, natsMonitorUrl), { message: /does not support 'tls'/ })
  },
)
