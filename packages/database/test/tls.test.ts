import { getCACertificates, setDefaultCACertificates } from 'node:tls'

import { testServers, tlsFront } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { createPool } from '../src/index.ts'

// As the chart sets it for a PostgreSQL outside. Certificates of NODE_EXTRA_CA_CERTS are among the default ones.
process.env.PGSSLMODE = 'verify-full'

/** Certificates of two tests bear one name, so only the one of its own must be there. */
const PUBLIC = getCACertificates('default')

/** One row from the server, as a service asks. */
async function ask(t: ExecutionContext, url: string): Promise<unknown> {
  const pool = createPool({ url, max: 1, name: 'tls' })
  t.teardown(async () => pool.end())
  const { rows } = await pool.query<{ encrypted: string }>(`SELECT 'yes' AS answered`)
  return rows[0]
}

function at(host: string, port: number): string {
  const url = new URL(testServers().postgresUrl)
  url.hostname = host
  url.port = String(port)
  return url.href
}

test.serial('a server whose certificate nobody known has signed is refused', async (t) => {
  const { port } = await tlsFront(t, testServers().postgresUrl, 'postgres')
  await t.throwsAsync(ask(t, at('localhost', port)), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
})

test.serial('a server whose certificate is trusted and for its name is used', async (t) => {
  const { port, cert } = await tlsFront(t, testServers().postgresUrl, 'postgres')
  setDefaultCACertificates([...PUBLIC, cert])
  t.deepEqual(await ask(t, at('localhost', port)), { answered: 'yes' })
})

test.serial('a server whose certificate is for another name is refused', async (t) => {
  const { port, cert } = await tlsFront(t, testServers().postgresUrl, 'postgres')
  setDefaultCACertificates([...PUBLIC, cert])
  await t.throwsAsync(ask(t, at('127.0.0.1', port)), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})

test.serial('a server without TLS is told nothing', async (t) => {
  await t.throwsAsync(ask(t, testServers().postgresUrl), { message: /does not support SSL/ })
})
